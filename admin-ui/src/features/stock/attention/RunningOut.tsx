import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import type { TableProps } from "@cloudscape-design/components/table";
import { lazy, Suspense, useState } from "react";

import { levelName } from "@/api/levels/levelKey";
import { useListAttention } from "@/api/read-model/listAttention";
import type { AttentionLevel } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PartTable } from "@/components/page/PartTable";
import { Identifier } from "@/components/values/Identifier";
import { Quantity } from "@/components/values/Quantity";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { productPage } from "@/lib/identifiers/addresses";
import { coverText, salesText } from "./cover";
import styles from "./attention.module.css";

// A dialog loads when it is opened: the first page does not wait for it.
const ChangeLevelDialog = lazy(async () => ({
  default: (await import("../change-level/ChangeLevelDialog")).ChangeLevelDialog,
}));
const ThresholdDialog = lazy(async () => ({ default: (await import("../threshold/ThresholdDialog")).ThresholdDialog }));

const SHOWN_MAX = 8;

interface Action {
  readonly kind: "receive" | "threshold";
  readonly level: AttentionLevel;
}

/** The levels that run out, the most urgent first: how long they last, and what one can do. */
export default function RunningOut() {
  const { mayEdit } = useSession();
  const isNarrow = useIsNarrow();
  const attention = useListAttention(SHOWN_MAX);
  const [action, setAction] = useState<Action | null>(null);
  const { items = [], total = 0, cursor = null } = attention.data ?? {};
  return (
    <>
      <PartTable
        title={text("overview.running_out")}
        counter={total > 0 ? `(${formatNumber(total)})` : undefined}
        description={total > items.length ? text("overview.running_out.first", { shown: items.length }) : undefined}
        all={{ to: "/stock?status=LOW_STOCK", label: text("overview.running_out.all") }}
        query={attention}
        items={items}
        trackBy={levelName}
        none={
          cursor !== null ? (
            <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
          ) : (
            <EmptyState title={text("overview.running_out.none")}>{text("overview.running_out.none.why")}</EmptyState>
          )
        }
        columns={columns(isNarrow, mayEdit ? setAction : null)}
      />
      <Suspense>
        {action?.kind === "receive" && (
          <ChangeLevelDialog level={action.level} reason="received" onClose={() => setAction(null)} />
        )}
        {action?.kind === "threshold" && <ThresholdDialog level={action.level} onClose={() => setAction(null)} />}
      </Suspense>
    </>
  );
}

type OnAction = (action: Action) => void;

/** The columns. On a phone, the actions are below the name, so that they are not off the screen. */
function columns(isNarrow: boolean, onAction: OnAction | null): TableProps.ColumnDefinition<AttentionLevel>[] {
  return [
    {
      id: "product",
      header: text("overview.column.product"),
      isRowHeader: true,
      cell: (level) => (
        <div className={styles["product"]}>
          <RouterLink to={productPage(level.product_id)}>{level.name}</RouterLink>
          <Box color="text-body-secondary" fontSize="body-s">
            <Identifier value={level.product_id} /> · <Identifier value={level.warehouse_id} />
          </Box>
          {isNarrow && onAction && <Actions level={level} onAction={onAction} />}
        </div>
      ),
    },
    {
      id: "available",
      header: text("overview.column.available"),
      cell: ({ available, low_stock_threshold }) => (
        <>
          <Quantity value={available} />
          <Box color="text-body-secondary" fontSize="body-s">
            {text("overview.running_out.threshold", { threshold: low_stock_threshold })}
          </Box>
        </>
      ),
    },
    {
      id: "cover",
      header: text("overview.column.cover"),
      cell: (level) => (
        <>
          {coverText(level)}
          <Box color="text-body-secondary" fontSize="body-s">
            {salesText(level)}
          </Box>
        </>
      ),
    },
    ...(onAction && !isNarrow
      ? [
          {
            id: "actions",
            header: text("stock.column.actions"),
            cell: (level: AttentionLevel) => <Actions level={level} onAction={onAction} />,
          },
        ]
      : []),
  ];
}

function Actions({ level, onAction }: { level: AttentionLevel; onAction: OnAction }) {
  const { name, warehouse_id } = level;
  return (
    <div className={styles["actions"]}>
      <Button
        variant="inline-link"
        ariaLabel={text("stock.receive.of", { name, warehouse_id })}
        onClick={() => onAction({ kind: "receive", level })}
      >
        {text("stock.receive")}
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={text("stock.threshold.edit", { name, warehouse_id })}
        onClick={() => onAction({ kind: "threshold", level })}
      >
        {text("stock.column.low_stock_threshold")}
      </Button>
    </div>
  );
}
