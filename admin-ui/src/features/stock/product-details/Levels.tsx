import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { levelName } from "@/api/levels/levelKey";
import type { Level } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { ChangeLevelDialog } from "../change-level/ChangeLevelDialog";
import { levelAriaLabels, levelColumns, type LevelAction } from "../levels/levelColumns";
import { DeleteLevelDialog } from "../remove-level/DeleteLevelDialog";
import { RetireLevelDialog } from "../remove-level/RetireLevelDialog";
import { isSpread, shardsColumn } from "../spread-level/shardsColumn";
import { SpreadLevelDialog } from "../spread-level/SpreadLevelDialog";
import { ThresholdDialog } from "../threshold/ThresholdDialog";
import { useThresholdEdit } from "../threshold/useThresholdEdit";

// Other parts of the page show these. Without them, the table fits on a screen of usual width.
const SHOWN_ELSEWHERE = ["name", "product_id", "category", "updated_at"];

// A phone shows them below other columns.
const BELOW_ON_A_PHONE = ["status", "on_hand", "reserved", "allocated", "low_stock_threshold", "actions"];

/** The levels of a product, one for each warehouse. */
export function Levels({ levels }: { levels: readonly Level[] }) {
  const { mayEdit } = useSession();
  const threshold = useThresholdEdit();
  const [changing, setChanging] = useState<Level | null>(null);
  const [acting, setActing] = useState<{ readonly level: Level; readonly action: LevelAction } | null>(null);
  const [thresholdOf, setThresholdOf] = useState<Level | null>(null);
  const isNarrow = useIsNarrow();
  const onAction = (level: Level, action: LevelAction) => setActing({ level, action });
  const columns = levelColumns(
    mayEdit ? { threshold, onChange: setChanging, onThreshold: setThresholdOf, onAction } : null,
    isNarrow,
  );
  const actions = columns.filter(({ id }) => id === "actions");
  const values = columns.filter(({ id }) => id !== "actions");
  const isAnyAllocated = levels.some(({ allocated }) => allocated > 0);
  return (
    <>
      <Table
        variant="container"
        wrapLines
        header={
          <Header variant="h2" counter={`(${levels.length})`}>
            {text("product.levels")}
          </Header>
        }
        ariaLabels={levelAriaLabels(text("product.levels"))}
        items={levels}
        trackBy={levelName}
        columnDefinitions={[...values, ...(levels.some(isSpread) ? [shardsColumn(levels)] : []), ...actions]
          .filter(({ id = "" }) => !SHOWN_ELSEWHERE.includes(id) && (id !== "allocated" || isAnyAllocated))
          .filter(({ id = "" }) => !isNarrow || !BELOW_ON_A_PHONE.includes(id))
          .map((column) => ({ ...column, sortingField: undefined, isRowHeader: column.id === "warehouse_id" }))}
        submitEdit={threshold.submit}
        onEditCancel={threshold.cancel}
      />
      {changing && <ChangeLevelDialog level={changing} onClose={() => setChanging(null)} />}
      {thresholdOf && <ThresholdDialog level={thresholdOf} onClose={() => setThresholdOf(null)} />}
      {acting && <ActionDialog {...acting} isLast={levels.length === 1} onClose={() => setActing(null)} />}
    </>
  );
}

interface ActionDialogProps {
  readonly level: Level;
  readonly action: LevelAction;
  readonly isLast: boolean;
  readonly onClose: () => void;
}

function ActionDialog({ level, action, isLast, onClose }: ActionDialogProps) {
  switch (action) {
    case "spread":
      return <SpreadLevelDialog level={level} onClose={onClose} />;
    case "delete":
      return <DeleteLevelDialog level={level} isLast={isLast} onClose={onClose} />;
    default:
      return <RetireLevelDialog level={level} isRetiring={action === "retire"} onClose={onClose} />;
  }
}
