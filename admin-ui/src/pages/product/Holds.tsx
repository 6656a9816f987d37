import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";

import { useReservations } from "../../api/reservations";
import type { Reservation } from "../../api/types";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { LoadMore } from "../../components/LoadMore";
import { Quantity } from "../../components/Quantity";
import { ReservationStatusIndicator } from "../../components/ReservationStatusIndicator";
import { RouterLink } from "../../components/RouterLink";
import { Time } from "../../components/Time";
import { text } from "../../texts/text";

const MOST = 20;

/** Who holds some of a product: reservations that wait for a payment, or are paid and not yet sold. */
export function Holds({ product_id }: { product_id: string }) {
  const held = useReservations({ product_id, status: "HELD" }, MOST);
  const paid = useReservations({ product_id, status: "PAID" }, MOST);
  const items = [...(paid.data?.items ?? []), ...(held.data?.items ?? [])];
  const failed = [held, paid].find(({ isError, data }) => isError && !data);
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2"
          counter={items.length > 0 ? `(${items.length}${held.hasNextPage ? "+" : ""})` : undefined}
          actions={
            <RouterLink to={`/reservations?${new URLSearchParams({ product_id })}`}>
              {text("product.holds.all")}
            </RouterLink>
          }
        >
          {text("product.holds")}
        </Header>
      }
      ariaLabels={{ tableLabel: text("product.holds") }}
      items={items}
      trackBy="reservation_id"
      loading={held.isPending || paid.isPending}
      loadingText={text("loading")}
      empty={
        failed ? (
          <ErrorState error={failed.error} onRetry={() => void Promise.all([held.refetch(), paid.refetch()])} />
        ) : (
          <EmptyState title={text("product.holds.none")} />
        )
      }
      footer={held.hasNextPage && <LoadMore count={items.length} {...held} />}
      columnDefinitions={[
        {
          id: "reservation",
          header: text("product.holds.reservation"),
          isRowHeader: true,
          cell: ({ reservation_id }) => (
            <RouterLink to={`/reservations/${encodeURIComponent(reservation_id)}`}>{reservation_id}</RouterLink>
          ),
        },
        {
          id: "status",
          header: text("stock.column.status"),
          cell: ({ status }) => <ReservationStatusIndicator status={status} />,
        },
        {
          id: "units",
          header: text("product.holds.units"),
          cell: (reservation) => <Quantity value={unitsOf(reservation, product_id)} />,
        },
        {
          id: "warehouses",
          header: text("stock.column.warehouse_id"),
          cell: ({ lines }) =>
            lines
              .filter((line) => line.product_id === product_id)
              .map((line) => line.warehouse_id)
              .join(", "),
        },
        { id: "order", header: text("product.holds.order"), cell: ({ order_id }) => order_id ?? "—" },
        {
          id: "until",
          header: text("product.holds.until"),
          cell: ({ held_until }) => <Time value={held_until} relative isFocusable={false} />,
        },
      ]}
    />
  );
}

/** How many units of a product a reservation has. */
function unitsOf({ lines }: Reservation, product_id: string): number {
  return lines.filter((line) => line.product_id === product_id).reduce((sum, { quantity }) => sum + quantity, 0);
}
