import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { text } from "../texts/text";
import { useSessionState } from "./SessionProvider";
import { SignInForm } from "./SignInForm";

/** Over the page, whose calls wait: after signing in, everything goes on where it was. */
export function SessionEnded() {
  const { state, begin, signOut } = useSessionState();
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
        <SignInForm username={state.user.username} onSignedIn={begin} />
      </SpaceBetween>
    </Modal>
  );
}
