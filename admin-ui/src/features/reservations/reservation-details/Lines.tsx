import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import { lineName } from "@/api/levels/levelKey";
import type { Reservation } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { ProductName } from "@/components/values/ProductName";
import { Quantity } from "@/components/values/Quantity";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";
import { formatNumber } from "@/lib/formats";
import { unitsOf } from "@/lib/units";

type Line = Reservation["lines"][number];
type Shortages = Reservation["shortages"];

/** The lines of a reservation. If stock was short, they show what was available, or what was asked if a part is held. */
export function Lines({ reservation }: { reservation: Reservation }) {
  const { lines, shortages, status } = reservation;
  const isNarrow = useIsNarrow();
  if (shortages.length > 0 && status !== "REJECTED") return <LinesHeldInPart lines={lines} shortages={shortages} />;
  return (
    <Table
      variant="container"
      wrapLines
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
      ariaLabels={{ tableLabel: text("reservation.lines") }}
      columnDefinitions={[
        ...placeColumns(isNarrow),
        quantityColumn(text("reservation.line.quantity")),
        ...(shortages.length > 0 ? [availableThen(shortages)] : []),
        ...sinceTheSale(lines),
      ]}
    />
  );
}

function LinesHeldInPart({ lines, shortages }: { lines: Line[]; shortages: Shortages }) {
  const isNarrow = useIsNarrow();
  const held = new Set(lines.map(lineName));
  const missing = shortages.filter((shortage) => !held.has(lineName(shortage)));
  const rows = [...lines, ...missing.map((line) => ({ ...line, quantity: 0, sources: [] }))];
  const requested = new Map(shortages.map((shortage) => [lineName(shortage), shortage.requested]));
  const askedOf = (line: Line) => requested.get(lineName(line)) ?? line.quantity;
  const asked = unitsOf(rows.map((line) => ({ quantity: askedOf(line) })));
  return (
    <Table
      variant="container"
      wrapLines
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(rows.length)})`}
          description={
            <StatusIndicator type="warning">
              {text("reservation.lines.in_part", { held: unitsOf(lines), asked })}
            </StatusIndicator>
          }
        >
          {text("reservation.lines")}
        </Header>
      }
      items={rows}
      trackBy={lineName}
      ariaLabels={{ tableLabel: text("reservation.lines") }}
      columnDefinitions={[
        ...placeColumns(isNarrow),
        {
          id: "asked",
          header: text("reservation.line.asked"),
          cell: (line) => <Quantity value={askedOf(line)} />,
        },
        quantityColumn(text("reservation.line.held")),
        ...sinceTheSale(lines),
      ]}
    />
  );
}

/** The product of a line, and where its units are. On a phone, they are one column. */
function placeColumns(isNarrow: boolean): TableProps.ColumnDefinition<Line>[] {
  const columns: TableProps.ColumnDefinition<Line>[] = [
    {
      id: "product",
      header: text("reservation.line.product"),
      isRowHeader: true,
      cell: (line) => (
        <>
          <RouterLink to={productPage(line.product_id)}>
            <Identifier value={line.product_id} />
          </RouterLink>
          <ProductName product_id={line.product_id} />
          {isNarrow && (
            <Detail>
              <Warehouses of={line} />
            </Detail>
          )}
        </>
      ),
    },
    {
      id: "warehouse",
      header: text("reservation.line.warehouse"),
      cell: (line) => <Warehouses of={line} />,
    },
  ];
  return isNarrow ? columns.slice(0, 1) : columns;
}

/** What happened to units after their sale; only lines of a sold reservation say so, and some do not track dispatches. */
type Since = "dispatched" | "returned";

function sinceTheSale(lines: readonly Line[]): TableProps.ColumnDefinition<Line>[] {
  const known = (["dispatched", "returned"] as const).filter((since) =>
    lines.some((line) => line[since] !== undefined),
  );
  return known.map(unitsSince);
}

function unitsSince(since: Since): TableProps.ColumnDefinition<Line> {
  return {
    id: since,
    header: text(`reservation.line.${since}`),
    cell: (line) => <Quantity value={line[since] ?? 0} />,
  };
}

function quantityColumn(header: string): TableProps.ColumnDefinition<Line> {
  return { id: "quantity", header, cell: ({ quantity }) => <Quantity value={quantity} /> };
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

function availableThen(shortages: Shortages): TableProps.ColumnDefinition<Line> {
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
