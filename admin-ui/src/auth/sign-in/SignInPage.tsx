import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { lazy, Suspense } from "react";

import { Loading } from "@/components/feedback/Loading";
import { text } from "@/i18n/text";
import { useSessionState } from "../SessionProvider";
import { FrontPage } from "./FrontPage";

// Loaded only by users who are not signed in yet.
const SignInForm = lazy(() => import("./SignInForm"));

/** The page for users who are not signed in. */
export function SignInPage() {
  const { start } = useSessionState();
  return (
    <FrontPage>
      <Container header={<Header variant="h2">{text("session.title")}</Header>}>
        <Suspense fallback={<Loading />}>
          <SignInForm onSignedIn={start} />
        </Suspense>
      </Container>
    </FrontPage>
  );
}
