import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useEffect } from "react";

import { Loading } from "@/components/feedback/Loading";
import { text } from "@/i18n/text";
import { useSessionState } from "../SessionProvider";

const loadForm = () => import("./SignInForm");
const SignInForm = lazy(loadForm);

/** A sign-in over the page when the session has ended. The page's calls wait, and continue after the sign-in. */
export function SessionEndedDialog() {
  const { state, start, signOut } = useSessionState();
  useEffect(() => {
    // Load the form's file early. When the session ends, a newer deployment may have replaced it.
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
          <SignInForm username={state.user.username} onSignedIn={start} />
        </Suspense>
      </SpaceBetween>
    </Modal>
  );
}
