import Button from "@cloudscape-design/components/button";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { levelName } from "@/api/levels/levelKey";
import type { Level } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { BusyList } from "@/components/feedback/BusyList";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { usePreference } from "@/hooks/usePreference";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { levelAriaLabels, levelColumns } from "../levels/levelColumns";
import { ThresholdDialog } from "../threshold/ThresholdDialog";
import { useThresholdEdit } from "../threshold/useThresholdEdit";
import { type ColumnDisplay, columnDisplay } from "./columnDisplay";
import { Filters } from "./Filters";
import { totalText } from "./totalText";
import { type LevelView, PAGE_SIZES } from "./useLevelView";

const NO_PREFERENCE: ColumnDisplay = [];
const SHOWN_ON_A_PHONE = ["name", "available"];

interface LevelTableProps {
  view: LevelView;
  selected: readonly Level[];
  onSelect: (selected: readonly Level[]) => void;
  onChange: (level: Level) => void;
}

/** A page of stock levels. */
export function LevelTable({ view, selected, onSelect, onChange }: LevelTableProps) {
  const { mayEdit } = useSession();
  const threshold = useThresholdEdit();
  const [storedDisplay, storeDisplay] = usePreference("stock.columns", NO_PREFERENCE);
  const [thresholdOf, setThresholdOf] = useState<Level | null>(null);
  const isNarrow = useIsNarrow();
  const { filters, setFilters, levels } = view;
  const columns = levelColumns(mayEdit ? { threshold, onChange, onThreshold: setThresholdOf } : null, isNarrow);
  const display = columnDisplay(
    storedDisplay,
    columns.map(({ id }) => id),
  );

  return (
    <BusyList isBusy={view.isLoadingOther} announcement={totalText({ ...view, isFiltered: false }, null) ?? ""}>
      <Table
        variant="container"
        stickyHeader
        stickyColumns={{ first: isNarrow ? 0 : 1, last: mayEdit && !isNarrow ? 1 : 0 }} // the change is never off the screen
        wrapLines
        ariaLabels={levelAriaLabels(text("stock.title"))}
        filter={<Filters filters={filters} onChange={setFilters} />}
        pagination={<Pages view={view} />}
        preferences={
          <CollectionPreferences
            preferences={{ pageSize: view.pageSize, contentDisplay: display }}
            onConfirm={({ detail }) => {
              storeDisplay(detail.contentDisplay ?? display);
              if (detail.pageSize && detail.pageSize !== view.pageSize) view.setPageSize(detail.pageSize);
            }}
            pageSizePreference={{
              options: PAGE_SIZES.map((value) => ({ value, label: text("stock.page_size", { count: value }) })),
            }}
            contentDisplayPreference={{
              options: columns.map(({ id, header }) => ({
                id,
                label: header,
                alwaysVisible: id === "name" || id === "actions",
              })),
            }}
          />
        }
        items={levels.data?.items ?? []}
        trackBy={levelName}
        columnDefinitions={columns}
        columnDisplay={isNarrow ? display.map(({ id }) => ({ id, visible: SHOWN_ON_A_PHONE.includes(id) })) : display}
        loading={levels.isPending}
        loadingText={text("loading")}
        empty={<Empty view={view} />}
        selectionType="multi"
        isItemDisabled={() => view.isLoadingOther}
        selectedItems={selected}
        onSelectionChange={({ detail }) => onSelect(detail.selectedItems)}
        sortingColumn={columns.find(({ sortingField }) => sortingField === filters.sort)}
        sortingDescending={filters.order === "desc"}
        onSortingChange={({ detail }) => {
          const column = columns.find(({ sortingField }) => sortingField === detail.sortingColumn.sortingField);
          setFilters({ sort: column?.sortingField ?? "", order: detail.isDescending ? "desc" : "asc" });
        }}
        submitEdit={threshold.submit}
        onEditCancel={threshold.cancel}
      />
      {thresholdOf && <ThresholdDialog level={thresholdOf} onClose={() => setThresholdOf(null)} />}
    </BusyList>
  );
}

/** The page number, and an indicator while another page loads. */
function Pages({ view: { levels, pagination } }: { view: LevelView }) {
  const next = levels.data?.cursor ?? null;
  const isLast = levels.data !== undefined && next === null;
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      {levels.isPlaceholderData && <StatusIndicator type="loading">{text("loading")}</StatusIndicator>}
      <Pagination
        currentPageIndex={pagination.index + 1}
        pagesCount={isLast ? pagination.index + 1 : Math.max(pagination.knownPages, pagination.index + 1)}
        openEnd={!isLast}
        disabled={levels.isPlaceholderData}
        onChange={({ detail }) => pagination.goTo(detail.currentPageIndex - 1, next)}
      />
    </SpaceBetween>
  );
}

/** Why the table is empty, and what the user can do. */
function Empty({ view: { levels, pagination, isFiltered, clearFilters, showUnsorted } }: { view: LevelView }) {
  const next = levels.data?.cursor ?? null;
  if (levels.error instanceof ApiProblem && levels.error.isReadModelMissing) {
    return (
      <EmptyState
        title={text("read_model.missing")}
        action={<Button onClick={showUnsorted}>{text("stock.show_unsorted")}</Button>}
      >
        {text("read_model.missing.what")}
      </EmptyState>
    );
  }
  if (levels.isError) return <ErrorState error={levels.error} onRetry={() => void levels.refetch()} />;
  if (next !== null) {
    return (
      <EmptyState
        title={text("list.none_yet")}
        action={
          <Button onClick={() => pagination.goTo(pagination.index + 1, next)}>{text("stock.none_yet.continue")}</Button>
        }
      >
        {text("list.none_yet.why")}
      </EmptyState>
    );
  }
  if (pagination.index > 0) {
    return (
      <EmptyState
        title={text("stock.no_more")}
        action={<Button onClick={() => pagination.goToStart()}>{text("stock.no_more.back")}</Button>}
      />
    );
  }
  if (isFiltered) {
    return (
      <EmptyState
        title={text("stock.none_found")}
        action={<Button onClick={clearFilters}>{text("stock.filter.clear")}</Button>}
      >
        {text("stock.none_found.why")}
      </EmptyState>
    );
  }
  return <EmptyState title={text("stock.none")}>{text("stock.none.why")}</EmptyState>;
}
