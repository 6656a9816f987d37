import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";

import type { Level, LevelSort } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Detail } from "@/components/values/Detail";
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
  /** Opens the dialog that a phone has instead of editing in place. */
  readonly onThreshold: (level: Level) => void;
  /** What is rarely done to a level. Missing where there is no room for it. */
  readonly onAction?: (level: Level, action: LevelAction) => void;
}

export type LevelAction = "spread" | "retire" | "restore" | "delete";

/**
 * All columns of a table of levels. Without `edits` they are read-only.
 *
 * @param isNarrow whether the first column also has the status, the threshold and the changes, and the available
 *   units those on hand: there is no room for their columns
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
          <Detail>
            <Identifier value={level.product_id} />
            {isNarrow && (
              <>
                {" "}
                · <Identifier value={level.warehouse_id} />
              </>
            )}
          </Detail>
          {isNarrow && <Below level={level} edits={edits} />}
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
      cell: (level) => (
        <>
          <Identifier value={level.warehouse_id} />
          {isNarrow && <Below level={level} edits={edits} />}
        </>
      ),
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
      minWidth: 122,
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
      cell: (level) => (
        <>
          <Quantity value={level.available} />
          {isNarrow && <OfOnHand level={level} />}
        </>
      ),
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

/** What a phone shows below the first column. */
function Below({ level, edits }: { level: Level; edits: LevelEdits | null }) {
  const threshold = text("overview.running_out.threshold", { threshold: level.low_stock_threshold });
  return (
    <>
      <LevelStatus level={level} />
      {edits === null ? (
        <Detail>{threshold}</Detail>
      ) : (
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <ChangeButton level={level} onChange={edits.onChange} />
          <Button
            variant="inline-link"
            ariaLabel={text("stock.threshold.edit", { name: level.name, warehouse_id: level.warehouse_id })}
            onClick={() => edits.onThreshold(level)}
          >
            {threshold}
          </Button>
          {edits.onAction && <ActionMenu level={level} onAction={edits.onAction} />}
        </SpaceBetween>
      )}
    </>
  );
}

/** The units on hand, and those of them that are not available. */
function OfOnHand({ level: { on_hand, reserved, allocated } }: { level: Level }) {
  return (
    <>
      <Detail>{text("stock.of_on_hand", { units: on_hand })}</Detail>
      {reserved > 0 && <Detail>{text("stock.of_them_reserved", { units: reserved })}</Detail>}
      {allocated > 0 && <Detail>{text("stock.of_them_allocated", { units: allocated })}</Detail>}
    </>
  );
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
      {(!active || isShortOnlyByHolds) && <Detail>{text(active ? "stock.short_by_holds" : "stock.retired")}</Detail>}
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
