import { useLevelPage } from "@/api/levels/levels";
import type { LevelSort } from "@/api/types";
import { STOCK_STATUSES } from "@/api/types";
import { usePreference } from "@/hooks/usePreference";
import { anyText, oneOf, useUrlState } from "@/hooks/useUrlState";
import { usePaging } from "./usePagination";

export const SORTS = [
  "name",
  "product_id",
  "warehouse_id",
  "category",
  "on_hand",
  "reserved",
  "available",
  "low_stock_threshold",
  "updated_at",
] as const satisfies readonly LevelSort[];

const FIELDS = {
  search: anyText,
  status: oneOf(STOCK_STATUSES, ""),
  category: anyText,
  warehouse_id: anyText,
  sort: oneOf(SORTS, ""),
  order: oneOf(["desc"], "asc"),
};

/** What the list is narrowed to and in which order it stands, as the address says; an empty text is none. */
export type Wanted = ReturnType<typeof useUrlState<typeof FIELDS>>[0];

export const PAGE_SIZES = [20, 50, 100];
const PAGE_SIZE = 50;

/** One page of levels as somebody wants to see them, and the ways to see others. */
export function useLevelView() {
  const [wanted, want] = useUrlState(FIELDS);
  const paging = usePaging();
  const [kept, setPageSize] = usePreference("stock.page_size", PAGE_SIZE);
  const pageSize = PAGE_SIZES.includes(kept) ? kept : PAGE_SIZE;
  const { search, status, category, warehouse_id, sort, order } = wanted;
  const levels = useLevelPage(
    {
      search: search || undefined,
      status: status || undefined,
      category: category || undefined,
      warehouse_id: warehouse_id || undefined,
      sort: sort || undefined,
      order: sort && order === "desc" ? order : undefined,
    },
    paging.cursor,
    pageSize,
  );
  return {
    wanted,
    want,
    levels,
    paging,
    pageSize,
    setPageSize: (size: number) => {
      setPageSize(size);
      paging.restart();
    },
    isNarrowed: [search, status, category, warehouse_id].some(Boolean),
    showAll: () => want({ search: "", status: "", category: "", warehouse_id: "" }),
  };
}

export type LevelView = ReturnType<typeof useLevelView>;
