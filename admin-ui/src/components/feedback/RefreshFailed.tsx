import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { UseQueryResult } from "@tanstack/react-query";

import { problemTitle } from "@/api/client/problemText";
import { text } from "@/i18n/text";
import { formatClock } from "@/lib/formats";

interface RefreshFailedProps {
  query: Pick<UseQueryResult, "isRefetchError" | "error" | "dataUpdatedAt" | "refetch">;
}

/** Says of data that could not be read again how old it is, and why; nothing after a success. */
export function RefreshFailed({ query: { isRefetchError, error, dataUpdatedAt, refetch } }: RefreshFailedProps) {
  if (!isRefetchError) return null;
  return (
    <div>
      <StatusIndicator type="warning">
        {text("refresh_failed", { time: formatClock(new Date(dataUpdatedAt)), why: problemTitle(error) })}
      </StatusIndicator>{" "}
      <Button variant="inline-link" onClick={() => void refetch()}>
        {text("try_again")}
      </Button>
    </div>
  );
}
