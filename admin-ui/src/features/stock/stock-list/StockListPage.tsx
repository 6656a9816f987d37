import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { levelName } from "@/api/levels/levelKey";
import { useTotalOfAll } from "@/api/levels/listLevels";
import type { ExportFilter, Level } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { ReadModelNotice } from "@/components/feedback/ReadModelNotice";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";
import { AddLevelDialog } from "../add-level/AddLevelDialog";
import { AdjustLevelsDialog } from "../adjust-levels/AdjustLevelsDialog";
import { ChangeLevelDialog } from "../change-level/ChangeLevelDialog";
import { ExportMenu } from "../export/ExportMenu";
import { refreshSelection } from "../levels/refreshSelection";
import { FilterThresholdDialog } from "../threshold/FilterThresholdDialog";
import { LevelTable } from "./LevelTable";
import { totalText } from "./totalText";
import { type LevelView, useLevelView } from "./useLevelView";

const ADJUSTED_MAX = 100; // limits the damage of a mistake

type Dialog =
  | { readonly kind: "none" | "add" | "thresholds" }
  | { readonly kind: "change"; readonly level: Level }
  | { readonly kind: "adjust"; readonly levels: readonly Level[] };

/** The list of stock levels. Managers can change levels here. */
export function StockListPage() {
  const { mayEdit } = useSession();
  const view = useLevelView();
  const [selected, setSelected] = useState<readonly Level[]>([]);
  const [dialog, setDialog] = useState<Dialog>({ kind: "none" });
  const shown = view.levels.data?.items ?? [];
  const isTooMany = selected.length > ADJUSTED_MAX;

  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("stock.title")}
          description={<Total view={view} />}
          asOf={view.levels.dataUpdatedAt}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <ExportMenu filter={view.filter} selected={selected} />
              {mayEdit && <Button onClick={() => setDialog({ kind: "thresholds" })}>{text("stock.thresholds")}</Button>}
              {mayEdit && (
                <Button
                  disabled={selected.length === 0 || isTooMany}
                  disabledReason={isTooMany ? text("stock.many.too_many", { most: ADJUSTED_MAX }) : undefined}
                  onClick={() => setDialog({ kind: "adjust", levels: refreshSelection(selected, shown) })}
                >
                  {text("stock.many", { count: selected.length })}
                </Button>
              )}
              {mayEdit && (
                <Button variant="primary" onClick={() => setDialog({ kind: "add" })}>
                  {text("stock.add")}
                </Button>
              )}
            </SpaceBetween>
          }
        />
      }
    >
      <SpaceBetween size="l">
        <ReadModelNotice state={view.isLoadingOther ? undefined : view.levels.data?.read_model} />
        <LevelTable
          view={view}
          selected={selected}
          onSelect={setSelected}
          onChange={(level) => setDialog({ kind: "change", level })}
        />
      </SpaceBetween>
      <Dialogs
        dialog={dialog}
        filter={view.filter}
        onClose={(done) => {
          const names = new Set(done?.map(levelName));
          setSelected((current) => current.filter((level) => !names.has(levelName(level))));
          setDialog({ kind: "none" });
        }}
      />
    </ContentLayout>
  );
}

/** How many levels the list has, of how many; nothing while that is not known. */
function Total({ view }: { view: LevelView }) {
  const all = useTotalOfAll();
  return totalText(view, all);
}

interface DialogsProps {
  dialog: Dialog;
  filter: ExportFilter;
  onClose: (done?: readonly Level[]) => void;
}

/** The dialog that is open, if any. After an adjustment, `onClose` gets the levels that were adjusted. */
function Dialogs({ dialog, filter, onClose }: DialogsProps) {
  const close = () => onClose();
  switch (dialog.kind) {
    case "none":
      return null;
    case "add":
      return <AddLevelDialog onClose={close} />;
    case "thresholds":
      return <FilterThresholdDialog filter={filter} onClose={close} />;
    case "change":
      return <ChangeLevelDialog level={dialog.level} onClose={close} />;
    case "adjust":
      return <AdjustLevelsDialog levels={dialog.levels} onClose={onClose} />;
  }
}
