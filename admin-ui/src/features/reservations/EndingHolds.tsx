import Box from "@cloudscape-design/components/box";

import { useListEndingHolds } from "@/api/reservations/listEndingHolds";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PartTable } from "@/components/page/PartTable";
import { Identifier } from "@/components/values/Identifier";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationPage } from "@/lib/identifiers/addresses";
import { unitsOf } from "@/lib/units";
import { TimeLeft } from "./TimeLeft";

const SOON_MS = 15 * 60_000;
const SHOWN_MAX = 8;

/**
 * The holds that end in the next 15 minutes, the earliest first. An overdue one ends at any moment.
 *
 * @param counted how many these are, as the read model counts them; null if it is missing
 */
export default function EndingHolds({ counted }: { counted: number | null }) {
  const holds = useListEndingHolds(SHOWN_MAX + 1); // one more shows whether there are more
  const now = useNow(10_000);
  const ending = (holds.data?.items ?? []).filter(
    ({ held_until }) => held_until !== null && new Date(held_until).getTime() - now <= SOON_MS,
  );
  const hasMore = ending.length > SHOWN_MAX;
  const count = hasMore ? knownCount(counted, ending.length) : holds.data ? formatNumber(ending.length) : null;
  return (
    <PartTable
      title={text("holds.ending")}
      counter={count === null ? undefined : `(${count})`}
      description={hasMore ? text("holds.ending.first", { shown: SHOWN_MAX }) : undefined}
      all={{ to: "/reservations?status=HELD&sort=held_until", label: text("holds.ending.all") }}
      query={holds}
      items={ending.slice(0, SHOWN_MAX)}
      trackBy="execution_name"
      none={<EmptyState title={text("holds.ending.none")} />}
      columns={[
        {
          id: "reservation",
          header: text("product.holds.reservation"),
          isRowHeader: true,
          cell: ({ reservation_id, execution_name, order_id }) => (
            <>
              <RouterLink to={reservationPage({ reservation_id, execution_name })}>
                <Identifier value={reservation_id} />
              </RouterLink>
              {order_id !== null && (
                <Box color="text-body-secondary" fontSize="body-s">
                  {text("search.order", { order_id })}
                </Box>
              )}
            </>
          ),
        },
        { id: "units", header: text("product.holds.units"), cell: ({ lines }) => formatNumber(unitsOf(lines)) },
        {
          id: "left",
          header: text("holds.ending.left"),
          cell: ({ held_until }) => (held_until === null ? "—" : <TimeLeft until={held_until} />),
        },
      ]}
    />
  );
}

/** How many holds end soon; the read model may not know the latest of those that were read. */
function knownCount(counted: number | null, read: number): string {
  return counted !== null && counted >= read ? formatNumber(counted) : `${formatNumber(read)}+`;
}
