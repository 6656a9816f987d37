import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";

import { ApiProblem } from "@/api/client/problem";
import { problemDetail } from "@/api/client/problemText";
import { levelName } from "@/api/levels/levelKey";
import type { Level } from "@/api/types";
import { Detail } from "@/components/values/Detail";
import { Quantity } from "@/components/values/Quantity";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { readDelta } from "../levels/units";
import { isDone, type Row } from "./useAdjustLevels";

interface AdjustmentTableProps {
  rows: readonly Row[];
  isPending: boolean;
  /** Whether invalid fields show their error: only after the first attempt to submit. */
  isTried: boolean;
  /** Sets the delta of one level; null when all levels have the same delta. */
  onDelta: ((delta: string, level: Level) => void) | null;
}

/** The levels that are adjusted, each with its result. A phone shows the units and the result below the name. */
export function AdjustmentTable({ rows, isPending, isTried, onDelta }: AdjustmentTableProps) {
  const isNarrow = useIsNarrow();
  const wide = wideColumns();
  const deltaColumn: TableProps.ColumnDefinition<Row> = {
    id: "delta",
    header: text("stock.adjust.delta"),
    minWidth: isNarrow ? 110 : 130,
    cell: (row) => (
      <FormField errorText={isTried && readDelta(row.delta) === null && text("stock.invalid.delta")}>
        <Input
          type="number"
          inputMode="text"
          ariaLabel={text("stock.many.delta_of", { name: row.level.name, warehouse_id: row.level.warehouse_id })}
          value={row.delta}
          disabled={isPending || isDone(row)}
          onChange={({ detail }) => {
            onDelta?.(detail.value, row.level);
          }}
        />
      </FormField>
    ),
  };
  return (
    <Table
      variant="borderless"
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: text("stock.many.title", { count: rows.length }) }}
      items={rows}
      trackBy={({ level }) => levelName(level)}
      columnDefinitions={[
        {
          id: "name",
          header: text("stock.column.name"),
          isRowHeader: true,
          cell: (row) => (
            <>
              {`${row.level.name} (${row.level.warehouse_id})`}
              {isNarrow && <Below row={row} />}
            </>
          ),
        },
        ...(isNarrow ? [] : [wide.onHand]),
        ...(onDelta ? [deltaColumn] : []),
        ...(isNarrow ? [] : [wide.after, wide.outcome]),
      ]}
    />
  );
}

/** What a phone shows below the name instead. */
function wideColumns(): Record<"onHand" | "after" | "outcome", TableProps.ColumnDefinition<Row>> {
  return {
    onHand: {
      id: "on_hand",
      header: text("stock.column.on_hand"),
      cell: ({ level }) => <Quantity value={level.on_hand} />,
    },
    after: { id: "after", header: text("stock.change.after"), cell: (row) => <After row={row} /> },
    outcome: {
      id: "outcome",
      header: text("stock.many.outcome"),
      minWidth: 160,
      cell: (row) => <Result row={row} />,
    },
  };
}

/** What a phone shows below the name: "On hand 4 → 2", and the result. */
function Below({ row }: { row: Row }) {
  return (
    <>
      <Detail>
        {text("stock.column.on_hand")} <Quantity value={row.level.on_hand} /> → <After row={row} />
      </Detail>
      {row.outcome !== "waiting" && <Result row={row} />}
    </>
  );
}

/** The units on hand after the adjustment: computed, or as the API returned them. */
function After({ row: { level, delta, outcome } }: { row: Row }) {
  if (typeof outcome === "object" && "done" in outcome) return <Quantity value={outcome.done.on_hand} />;
  const units = readDelta(delta);
  return units === null ? "—" : <Quantity value={level.on_hand + units} />;
}

function Result({ row: { outcome } }: { row: Row }) {
  if (outcome === "waiting") return <Box color="text-body-secondary">—</Box>;
  if (outcome === "working") return <StatusIndicator type="loading">{text("stock.many.working")}</StatusIndicator>;
  if ("done" in outcome) return <StatusIndicator type="success">{text("stock.many.succeeded")}</StatusIndicator>;
  const isAlreadyApplied = outcome.error instanceof ApiProblem && outcome.error.code === "IDEMPOTENCY_CONFLICT";
  return (
    <StatusIndicator type={isAlreadyApplied ? "info" : "error"}>
      {isAlreadyApplied ? text("stock.already_applied") : problemDetail(outcome.error)}
    </StatusIndicator>
  );
}
