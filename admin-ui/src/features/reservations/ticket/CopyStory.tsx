import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useReadExecution } from "@/api/operations/inspectExecution";
import type { FailedReservation, ReservationDetails } from "@/api/types";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { storyOf } from "./story";

/** Copies everything about a reservation or a failed order as text for a ticket. */
export function CopyStory({ found }: { found: ReservationDetails | FailedReservation }) {
  const readExecution = useReadExecution();
  const { notify } = useNotifications();
  const [isCopying, setIsCopying] = useState(false);

  async function copy() {
    setIsCopying(true);
    try {
      const execution = await readExecution(found.execution_name).catch(() => null);
      await navigator.clipboard.writeText(storyOf(found, execution));
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
