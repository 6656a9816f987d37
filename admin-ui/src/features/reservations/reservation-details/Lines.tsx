import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import { lineName } from "@/api/levels/levelKey";
import type { Reservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";
import { formatNumber } from "@/lib/formats";
import { unitsOf } from "@/lib/units";

type Line = Reservation["lines"][number];

/** The lines of a reservation. If stock was short, they show what was available. */
export function Lines({ reservation }: { reservation: Reservation }) {
  const { lines, shortages } = reservation;
  return (
    <Table
      variant="container"
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(lines.length)})`}
          description={text("reservation.lines.units", { units: unitsOf(lines) })}
        >
          {text("reservation.lines")}
        </Header>
      }
      items={lines}
      trackBy={lineName}
      columnDefinitions={[
        ...columns(),
        ...(shortages.length > 0 ? [availableThen(shortages)] : []),
        ...(isKnown(lines, "dispatched") ? [unitsSince("dispatched")] : []),
        ...(isKnown(lines, "returned") ? [unitsSince("returned")] : []),
      ]}
    />
  );
}

function columns(): TableProps.ColumnDefinition<Line>[] {
  return [
    {
      id: "product",
      header: text("reservation.line.product"),
      isRowHeader: true,
      cell: ({ product_id }) => (
        <RouterLink to={productPage(product_id)}>
          <Identifier value={product_id} />
        </RouterLink>
      ),
    },
    {
      id: "warehouse",
      header: text("reservation.line.warehouse"),
      cell: (line) => <Warehouses of={line} />,
    },
    {
      id: "quantity",
      header: text("reservation.line.quantity"),
      cell: ({ quantity }) => <Quantity value={quantity} />,
    },
  ];
}

/** What happened to units after their sale; only lines of a sold reservation say so, and some do not track dispatches. */
type Since = "dispatched" | "returned";

function isKnown(lines: readonly Line[], since: Since): boolean {
  return lines.some((line) => line[since] !== undefined);
}

function unitsSince(since: Since): TableProps.ColumnDefinition<Line> {
  return {
    id: since,
    header: text(`reservation.line.${since}`),
    cell: (line) => <Quantity value={line[since] ?? 0} />,
  };
}

/** The warehouses that a line is taken from, with their units if there are several; or the one that was asked. */
function Warehouses({ of: { warehouse_id, sources } }: { of: Line }) {
  if (sources.length === 0) {
    return warehouse_id === null ? text("reservation.line.any_warehouse") : <Identifier value={warehouse_id} />;
  }
  return sources.map((source) => (
    <div key={source.warehouse_id}>
      <Identifier value={source.warehouse_id} />
      {sources.length > 1 && (
        <>
          {" "}
          × <Quantity value={source.quantity} />
        </>
      )}
    </div>
  ));
}

function availableThen(shortages: Reservation["shortages"]): TableProps.ColumnDefinition<Line> {
  const shortageOf = new Map(shortages.map((shortage) => [lineName(shortage), shortage]));
  return {
    id: "available",
    header: text("reservation.line.available_then"),
    cell: (line) => {
      const shortage = shortageOf.get(lineName(line));
      if (!shortage) return <StatusIndicator type="success">{text("reservation.line.enough")}</StatusIndicator>;
      return <StatusIndicator type="error">{formatNumber(shortage.available)}</StatusIndicator>;
    },
  };
}
