import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { text } from "@/i18n/text";
import { useSession } from "../SessionProvider";
import { FrontPage } from "./FrontPage";

/** The page for users who are signed in, but not in a group that may view stock. */
export function NoAccessPage() {
  const { user, signOut } = useSession();
  return (
    <FrontPage>
      <Container header={<Header variant="h2">{text("session.no_access.title")}</Header>}>
        <SpaceBetween size="l">
          <Box>{text("session.no_access.why", { username: user.username })}</Box>
          <Button onClick={() => void signOut()}>{text("session.sign_out")}</Button>
        </SpaceBetween>
      </Container>
    </FrontPage>
  );
}
