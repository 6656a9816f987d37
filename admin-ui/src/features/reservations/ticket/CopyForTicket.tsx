import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { copyText } from "@/lib/copyText";

/** Copies a redacted text for a ticket, and says what was left out. */
export function CopyForTicket({ story }: { story: () => string | Promise<string> }) {
  const { notify } = useNotifications();
  const [isCopying, setIsCopying] = useState(false);

  async function copy() {
    setIsCopying(true);
    try {
      await copyText(Promise.resolve(story()));
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
