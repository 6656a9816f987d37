import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import type { useListMovements } from "@/api/movements/listMovements";
import type { Level, Movement } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { Time } from "@/components/values/Time";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { reservationPage } from "@/lib/identifiers/addresses";
import { balancesOf } from "./history";

interface LedgerProps {
  levels: readonly Level[];
  movements: ReturnType<typeof useListMovements>;
}

/** The ledger of a product: who changed its stock, and why. */
export function Ledger({ levels, movements }: LedgerProps) {
  const isNarrow = useIsNarrow();
  const items = movements.data?.items ?? [];
  const balances = balancesOf(levels, items);
  return (
    <Table
      variant="container"
      wrapLines
      header={
        <Header variant="h2" description={text("product.ledger.what")}>
          {text("product.ledger")}
        </Header>
      }
      ariaLabels={{ tableLabel: text("product.ledger") }}
      items={items}
      trackBy="movement_id"
      loading={movements.isPending}
      loadingText={text("loading")}
      empty={
        movements.isError ? (
          <ErrorState error={movements.error} onRetry={() => void movements.refetch()} />
        ) : (
          <EmptyState title={text("product.ledger.none")} />
        )
      }
      footer={items.length > 0 && <LoadMore count={items.length} {...movements} />}
      columnDefinitions={isNarrow ? columnsOfAPhone(balances) : columns(balances)}
    />
  );
}

type Column = TableProps.ColumnDefinition<Movement>;
type Balances = ReturnType<typeof balancesOf>;

function columnsOfAPhone(balances: Balances): Column[] {
  return [
    {
      id: "kind",
      header: text("product.ledger.kind"),
      isRowHeader: true,
      cell: (movement) => (
        <>
          {text(`movement_kind.${movement.kind}`)}
          <Detail>
            <Time value={movement.moved_at} isFocusable={false} />
          </Detail>
          <Detail>
            {[movement.actor, movement.reason].filter(Boolean).join(" · ")}
            {movement.reference !== null && (
              <div>
                <Reference of={movement} />
              </div>
            )}
          </Detail>
        </>
      ),
    },
    { id: "delta", header: text("product.ledger.delta"), cell: (movement) => <Units of={movement} /> },
    {
      id: "after",
      header: text("product.ledger.after"),
      cell: ({ movement_id, warehouse_id }) => (
        <>
          <OnHandAfter value={balances.get(movement_id)} />
          <Detail>
            <Identifier value={warehouse_id} />
          </Detail>
        </>
      ),
    },
  ];
}

function columns(balances: Balances): Column[] {
  return [
    {
      id: "time",
      header: text("product.ledger.time"),
      isRowHeader: true,
      minWidth: 150,
      cell: ({ moved_at }) => <Time value={moved_at} isFocusable={false} />,
    },
    {
      id: "kind",
      header: text("product.ledger.kind"),
      minWidth: 130,
      cell: ({ kind }) => text(`movement_kind.${kind}`),
    },
    { id: "delta", header: text("product.ledger.delta"), cell: (movement) => <Units of={movement} /> },
    {
      id: "after",
      header: text("product.ledger.after"),
      cell: ({ movement_id }) => <OnHandAfter value={balances.get(movement_id)} />,
    },
    {
      id: "warehouse",
      header: text("stock.column.warehouse_id"),
      cell: ({ warehouse_id }) => <Identifier value={warehouse_id} />,
    },
    { id: "actor", header: text("product.ledger.actor"), cell: ({ actor }) => actor },
    { id: "reason", header: text("product.ledger.reason"), minWidth: 110, cell: ({ reason }) => reason },
    {
      id: "reference",
      header: text("product.ledger.reference"),
      minWidth: 130,
      cell: (movement) => <Reference of={movement} />,
    },
  ];
}

function OnHandAfter({ value }: { value: number | undefined }) {
  return value === undefined ? "—" : <Quantity value={value} />;
}

/** How a movement changes the units on hand; and how many units it is about, if that is another number. */
function Units({ of: { kind, delta, units } }: { of: Movement }) {
  if (kind === "EDITED") return "—";
  return (
    <>
      <Quantity value={delta} delta />
      {typeof units === "number" && <div>{text("product.ledger.units", { units })}</div>}
    </>
  );
}

const OF_RESERVATIONS: readonly Movement["kind"][] = ["SOLD", "DISPATCHED", "RETURNED"];

/** The reference of a movement. For a sale and what follows it, it is a link to the reservation. */
function Reference({ of: { kind, reference } }: { of: Movement }) {
  if (reference === null) return "—";
  if (!OF_RESERVATIONS.includes(kind)) return <Identifier value={reference} />;
  return (
    <RouterLink to={reservationPage({ reservation_id: reference, execution_name: reference })}>
      <Identifier value={reference} />
    </RouterLink>
  );
}
