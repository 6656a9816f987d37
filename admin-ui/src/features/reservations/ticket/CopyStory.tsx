import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useReadExecution } from "@/api/operations/inspectExecution";
import type { ExecutionDetails, FailedReservation, ReservationDetails } from "@/api/types";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { copyText } from "@/lib/copyText";
import { storyOf } from "./story";

/** Copies everything about a reservation or a failed order as text for a ticket. */
export function CopyStory({ found }: { found: ReservationDetails | FailedReservation }) {
  const readExecution = useReadExecution();
  const { notify } = useNotifications();
  const [isCopying, setIsCopying] = useState(false);

  const story = (execution: ExecutionDetails | null) => storyOf(found, execution);

  async function copy() {
    setIsCopying(true);
    try {
      await copyText(readExecution(found.execution_name).then(story, () => story(null)));
      notify({ type: "success", content: text("ticket.copied") });
    } catch {
      notify({ type: "error", content: text("not_copied") });
    } finally {
      setIsCopying(false);
    }
  }

  return (
    <Button iconName="copy" loading={isCopying} onClick={() => void copy()}>
      {text("ticket.copy")}
    </Button>
  );
}
