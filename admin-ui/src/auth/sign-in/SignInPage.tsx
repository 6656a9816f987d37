import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, type ReactNode, Suspense } from "react";

import { Loading } from "@/components/feedback/Loading";
import { Logo } from "@/components/page/Logo";
import { text } from "@/i18n/text";
import { useSessionState } from "../SessionProvider";
import styles from "./sign-in.module.css";

// Who is signed in already needs nothing of it.
const SignInForm = lazy(() => import("./SignInForm"));

/** What somebody sees who is not signed in. */
export function SignInPage() {
  const { begin } = useSessionState();
  return (
    <FrontPage>
      <Container header={<Header variant="h2">{text("session.title")}</Header>}>
        <Suspense fallback={<Loading />}>
          <SignInForm onSignedIn={begin} />
        </Suspense>
      </Container>
    </FrontPage>
  );
}

/** A page before the page: the name of the thing and one card. */
export function FrontPage({ children }: { children: ReactNode }) {
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <SpaceBetween size="xl">
          <div className={styles["brand"]}>
            <Logo size={36} />
            <Box variant="h1">{text("app.title")}</Box>
          </div>
          {children}
        </SpaceBetween>
      </div>
    </main>
  );
}
