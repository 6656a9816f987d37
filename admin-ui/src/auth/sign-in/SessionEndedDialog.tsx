import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useEffect } from "react";

import { Loading } from "@/components/feedback/Loading";
import { text } from "@/i18n/text";
import { useSessionState } from "../SessionProvider";

const loadForm = () => import("./SignInForm");
const SignInForm = lazy(loadForm);

/** Over the page, whose calls wait: after signing in, everything goes on where it was. */
export function SessionEnded() {
  const { state, begin, signOut } = useSessionState();
  useEffect(() => {
    // Early, while its file is there for sure: when the session ends the page may have been deployed anew.
    loadForm().catch(() => undefined);
  }, []);
  if (state.phase !== "ended") return null;
  return (
    <Modal
      visible
      header={text("session.ended.title")}
      closeAriaLabel={text("session.sign_out")}
      onDismiss={({ detail }) => {
        if (detail.reason === "closeButton") void signOut();
      }}
    >
      <SpaceBetween size="l">
        <Box>{text("session.ended.why")}</Box>
        <Suspense fallback={<Loading />}>
          <SignInForm username={state.user.username} onSignedIn={begin} />
        </Suspense>
      </SpaceBetween>
    </Modal>
  );
}
