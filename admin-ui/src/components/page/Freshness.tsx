import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useIsOnline } from "@/api/client/ApiProvider";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatClock } from "@/lib/formats";

const STALE_AFTER_MS = 30_000;

/** The time of the page's data; a warning when the data is stale. */
export function Freshness({ asOf, staleAfterMs = STALE_AFTER_MS }: { asOf: number; staleAfterMs?: number }) {
  const isOnline = useIsOnline();
  const now = useNow(1_000);
  const label = text("freshness.as_of", { time: formatClock(new Date(asOf)) });
  if (isOnline && now - asOf < staleAfterMs) {
    return (
      <Box color="text-body-secondary" fontSize="body-s">
        {label}
      </Box>
    );
  }
  return <StatusIndicator type="warning">{label}</StatusIndicator>;
}
