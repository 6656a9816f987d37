import Alert from "@cloudscape-design/components/alert";

import type { ReadModel } from "@/api/types";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";

const MINUTE_MS = 60_000;

/** Says why a list is older than usual, or lacks its total; nothing while the read model is current. */
export function ReadModelNotice({ state }: { state: ReadModel | undefined }) {
  const now = useNow(MINUTE_MS / 4);
  switch (state?.state) {
    case "STALE":
      return (
        <Alert type="warning" header={staleText(state.followed_until, now)}>
          {text("read_model.stale.what")}
        </Alert>
      );
    case "BEHIND":
      return <Alert type="info">{text("read_model.behind")}</Alert>;
    case "MISSING":
      return (
        <Alert type="info" header={text("read_model.missing")}>
          {text("read_model.missing.list")}
        </Alert>
      );
    default:
      return null;
  }
}

function staleText(followed_until: string | null, now: number): string {
  if (followed_until === null) return text("read_model.stale.unknown");
  return text("read_model.stale", {
    minutes: Math.max(1, Math.ceil((now - new Date(followed_until).getTime()) / MINUTE_MS)),
  });
}
