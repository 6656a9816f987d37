import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import { useListReservations } from "@/api/reservations/listReservations";
import type { Reservation } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { ReservationStatusIndicator } from "@/components/values/ReservationStatusIndicator";
import { Time } from "@/components/values/Time";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationPage } from "@/lib/identifiers/addresses";
import { unitsOf } from "@/lib/units";

/** How many are read at once. Parts of the page that read the same list share its calls. */
export const HOLDS_LIMIT = 20;

/** The active holds of a product: reservations that wait for a payment, or are paid and not yet sold. */
export function Holds({ product_id }: { product_id: string }) {
  const isNarrow = useIsNarrow();
  const held = useListReservations({ product_id, status: "HELD" }, HOLDS_LIMIT);
  const paid = useListReservations({ product_id, status: "PAID" }, HOLDS_LIMIT);
  const paidItems = paid.data?.items ?? [];
  const paidNames = new Set(paidItems.map(({ execution_name }) => execution_name));
  const heldItems = (held.data?.items ?? []).filter(({ execution_name }) => !paidNames.has(execution_name));
  const items = [...paidItems, ...heldItems]; // a reservation that is paid between the two reads is in both lists
  const incomplete = [paid, held].filter(({ hasNextPage }) => hasNextPage);
  const failed = [held, paid].find(({ isError, data }) => isError && !data);
  const refetch = () => void Promise.all([held.refetch(), paid.refetch()]);
  const hasMore = incomplete.length > 0 || failed !== undefined;
  return (
    <Table
      variant="container"
      wrapLines
      header={
        <Header
          variant="h2"
          counter={items.length > 0 ? `(${formatNumber(items.length)}${hasMore ? "+" : ""})` : undefined}
          actions={
            <RouterLink to={`/reservations?${new URLSearchParams({ product_id })}`}>
              {text("product.holds.all")}
            </RouterLink>
          }
        >
          {text("product.holds")}
        </Header>
      }
      filter={failed && items.length > 0 && <ErrorState error={failed.error} onRetry={refetch} />}
      ariaLabels={{ tableLabel: text("product.holds") }}
      items={items}
      trackBy="execution_name"
      loading={held.isPending || paid.isPending}
      loadingText={text("loading")}
      empty={
        failed ? (
          <ErrorState error={failed.error} onRetry={refetch} />
        ) : incomplete.length > 0 ? (
          <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
        ) : (
          <EmptyState title={text("product.holds.none")} />
        )
      }
      footer={
        incomplete.length > 0 && (
          <LoadMore
            count={items.length}
            hasNextPage
            isFetchingNextPage={incomplete.some(({ isFetchingNextPage }) => isFetchingNextPage)}
            fetchNextPage={() => Promise.all(incomplete.map(({ fetchNextPage }) => fetchNextPage()))}
          />
        )
      }
      columnDefinitions={isNarrow ? columnsOfAPhone(product_id) : columns(product_id)}
    />
  );
}

type Column = TableProps.ColumnDefinition<Reservation>;

function columnsOfAPhone(product_id: string): Column[] {
  return [
    {
      id: "reservation",
      header: text("product.holds.reservation"),
      isRowHeader: true,
      cell: (reservation) => (
        <>
          <ReservationLink of={reservation} />
          {reservation.order_id !== null && (
            <Detail>
              <Identifier value={reservation.order_id} />
            </Detail>
          )}
          <Detail>
            <Warehouses of={linesOf(product_id, reservation)} />
          </Detail>
        </>
      ),
    },
    {
      id: "status",
      header: text("stock.column.status"),
      cell: ({ status, held_until }) => (
        <>
          <ReservationStatusIndicator status={status} />
          <Detail>
            <Time value={held_until} relative isFocusable={false} />
          </Detail>
        </>
      ),
    },
    {
      id: "units",
      header: text("product.holds.units"),
      cell: (reservation) => <Quantity value={unitsOf(linesOf(product_id, reservation))} />,
    },
  ];
}

function columns(product_id: string): Column[] {
  return [
    {
      id: "reservation",
      header: text("product.holds.reservation"),
      isRowHeader: true,
      cell: (reservation) => <ReservationLink of={reservation} />,
    },
    {
      id: "status",
      header: text("stock.column.status"),
      cell: ({ status }) => <ReservationStatusIndicator status={status} />,
    },
    {
      id: "units",
      header: text("product.holds.units"),
      cell: (reservation) => <Quantity value={unitsOf(linesOf(product_id, reservation))} />,
    },
    {
      id: "warehouses",
      header: text("stock.column.warehouse_id"),
      cell: (reservation) => <Warehouses of={linesOf(product_id, reservation)} />,
    },
    {
      id: "order",
      header: text("product.holds.order"),
      cell: ({ order_id }) => (order_id === null ? "—" : <Identifier value={order_id} />),
    },
    {
      id: "until",
      header: text("product.holds.until"),
      cell: ({ held_until }) => <Time value={held_until} relative isFocusable={false} />,
    },
  ];
}

function linesOf(product_id: string, { lines }: Reservation): Reservation["lines"] {
  return lines.filter((line) => line.product_id === product_id);
}

function ReservationLink({ of: reservation }: { of: Reservation }) {
  return (
    <RouterLink to={reservationPage(reservation)}>
      <Identifier value={reservation.reservation_id} />
    </RouterLink>
  );
}

/** The warehouses that lines are taken from, each once. */
function Warehouses({ of: lines }: { of: Reservation["lines"] }) {
  const warehouses = new Set(lines.flatMap(({ sources }) => sources.map(({ warehouse_id }) => warehouse_id)));
  return [...warehouses].map((warehouse_id) => (
    <div key={warehouse_id}>
      <Identifier value={warehouse_id} />
    </div>
  ));
}
