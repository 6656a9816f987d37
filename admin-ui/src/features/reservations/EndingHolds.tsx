import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { useListEndingHolds } from "@/api/reservations/listEndingHolds";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
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
 * The holds that end in the next 15 minutes, the earliest first.
 *
 * @param counted how many these are, as the read model counts them; null if it is missing
 */
export default function EndingHolds({ counted }: { counted: number | null }) {
  const holds = useListEndingHolds();
  const now = useNow(10_000);
  const ending = (holds.data ?? []).filter(
    ({ held_until }) => held_until !== null && new Date(held_until).getTime() - now <= SOON_MS,
  );
  const count = holds.data ? ending.length : counted;
  return (
    <Table
      variant="container"
      wrapLines
      header={
        <Header
          variant="h2"
          counter={count === null ? undefined : `(${formatNumber(count)})`}
          description={ending.length > SHOWN_MAX ? text("holds.ending.first", { shown: SHOWN_MAX }) : undefined}
          actions={<RouterLink to="/reservations?status=HELD">{text("holds.ending.all")}</RouterLink>}
        >
          {text("holds.ending")}
        </Header>
      }
      ariaLabels={{ tableLabel: text("holds.ending") }}
      loading={holds.isPending}
      loadingText={text("loading")}
      items={ending.slice(0, SHOWN_MAX)}
      trackBy="execution_name"
      empty={
        holds.isError ? (
          <ErrorState error={holds.error} onRetry={() => void holds.refetch()} />
        ) : holds.data === null ? (
          <EmptyState
            title={counted === null ? text("holds.ending.many") : text("holds.ending.count", { count: counted })}
          >
            {text("holds.ending.many.why")}
          </EmptyState>
        ) : (
          <EmptyState title={text("holds.ending.none")} />
        )
      }
      columnDefinitions={[
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
