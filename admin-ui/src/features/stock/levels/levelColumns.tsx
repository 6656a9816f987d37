import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";

import type { Level, LevelSort } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { StockStatusIndicator } from "@/components/values/StockStatusIndicator";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { productPage } from "@/lib/identifiers/addresses";
import { thresholdColumn } from "../threshold/thresholdColumn";
import type { ThresholdEdit } from "../threshold/useThresholdEdit";

type Column = TableProps.ColumnDefinition<Level> & {
  readonly id: string;
  readonly header: string;
  readonly sortingField?: LevelSort;
};

/** The ways to change a level. */
export interface LevelEdits {
  readonly threshold: ThresholdEdit;
  readonly onChange: (level: Level) => void;
  /** What is rarely done to a level. Missing where there is no room for it. */
  readonly onAction?: (level: Level, action: LevelAction) => void;
}

export type LevelAction = "spread" | "retire" | "restore" | "delete";

/**
 * All columns of a table of levels. Without `edits` they are read-only.
 *
 * @param isNarrow whether the name also has the warehouse and the change, as there is no room for their columns
 */
export function levelColumns(edits: LevelEdits | null, isNarrow = false): readonly Column[] {
  return [
    {
      id: "name",
      header: text("stock.column.name"),
      sortingField: "name",
      isRowHeader: true,
      minWidth: isNarrow ? 130 : 160,
      cell: (level) => (
        <>
          <RouterLink to={productPage(level.product_id)}>{level.name}</RouterLink>
          <Box color="text-body-secondary" fontSize="body-s">
            <Identifier value={level.product_id} />
            {isNarrow && (
              <>
                {" "}
                · <Identifier value={level.warehouse_id} />
              </>
            )}
          </Box>
          {isNarrow && edits && <ChangeButton level={level} onChange={edits.onChange} />}
        </>
      ),
    },
    {
      id: "product_id",
      header: text("stock.column.product_id"),
      sortingField: "product_id",
      cell: ({ product_id }) => <Identifier value={product_id} />,
    },
    {
      id: "warehouse_id",
      header: text("stock.column.warehouse_id"),
      sortingField: "warehouse_id",
      cell: ({ warehouse_id }) => <Identifier value={warehouse_id} />,
    },
    {
      id: "category",
      header: text("stock.column.category"),
      sortingField: "category",
      cell: ({ category }) => category,
    },
    {
      id: "status",
      header: text("stock.column.status"),
      minWidth: 136,
      cell: (level) => <LevelStatus level={level} />,
    },
    {
      id: "on_hand",
      header: text("stock.column.on_hand"),
      sortingField: "on_hand",
      cell: ({ on_hand }) => <Quantity value={on_hand} />,
    },
    {
      id: "reserved",
      header: text("stock.column.reserved"),
      sortingField: "reserved",
      cell: ({ reserved }) => <Quantity value={reserved} />,
    },
    {
      id: "allocated",
      header: text("stock.column.allocated"),
      cell: ({ allocated }) => <Quantity value={allocated} />,
    },
    {
      id: "available",
      header: text("stock.column.available"),
      sortingField: "available",
      cell: ({ available }) => <Quantity value={available} />,
    },
    thresholdColumn(edits?.threshold ?? null) as Column,
    {
      id: "updated_at",
      header: text("stock.column.updated_at"),
      sortingField: "updated_at",
      cell: ({ updated_at }) => <Time value={updated_at} isFocusable={false} />,
    },
    ...(edits ? [actionColumn(edits)] : []),
  ];
}

function actionColumn({ onChange, onAction }: LevelEdits): Column {
  return {
    id: "actions",
    header: text("stock.column.actions"),
    minWidth: onAction ? 130 : 100,
    cell: (level) => (
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <ChangeButton level={level} onChange={onChange} />
        {onAction && <ActionMenu level={level} onAction={onAction} />}
      </SpaceBetween>
    ),
  };
}

function ChangeButton({ level, onChange }: { level: Level } & Pick<LevelEdits, "onChange">) {
  return (
    <Button
      variant="inline-link"
      ariaLabel={text("stock.change.of", { name: level.name, warehouse_id: level.warehouse_id })}
      onClick={() => {
        onChange(level);
      }}
    >
      {text("stock.change")}
    </Button>
  );
}

function ActionMenu({ level, onAction }: { level: Level } & Required<Pick<LevelEdits, "onAction">>) {
  const { name, warehouse_id, active, on_hand, allocated } = level;
  return (
    <ButtonDropdown
      variant="inline-icon"
      expandToViewport
      ariaLabel={text("stock.actions.of", { name, warehouse_id })}
      items={[
        { id: "spread", text: text("stock.spread") },
        active ? { id: "retire", text: text("stock.retire") } : { id: "restore", text: text("stock.restore") },
        {
          id: "delete",
          text: text("stock.delete"),
          disabled: on_hand > 0 || allocated > 0,
          disabledReason: text("stock.delete.not_empty"),
        },
      ]}
      onItemClick={({ detail }) => {
        onAction(level, detail.id as LevelAction);
      }}
    />
  );
}

/** The status of a level, and below it what the status does not say. */
function LevelStatus({ level: { status, active, is_low } }: { level: Level }) {
  const isShortOnlyByHolds = status !== "IN_STOCK" && !is_low;
  return (
    <div>
      <StockStatusIndicator status={status} />
      {(!active || isShortOnlyByHolds) && (
        <Box color="text-body-secondary" fontSize="body-s">
          {text(active ? "stock.short_by_holds" : "stock.retired")}
        </Box>
      )}
    </div>
  );
}

/** Labels of a table of levels, for screen readers. */
export function levelAriaLabels(tableLabel: string): TableProps.AriaLabels<Level> {
  return {
    tableLabel,
    selectionGroupLabel: text("stock.select"),
    allItemsSelectionLabel: () => text("stock.select.all"),
    itemSelectionLabel: (_, { name, warehouse_id }) => text("stock.select.one", { name, warehouse_id }),
    activateEditLabel: (_, { name, warehouse_id }) => text("stock.threshold.edit", { name, warehouse_id }),
    cancelEditLabel: () => text("cancel"),
    submitEditLabel: () => text("stock.threshold.submit"),
    submittingEditText: () => text("loading"),
    successfulEditLabel: () => text("stock.threshold.saved"),
  };
}
