import { useListLevels } from "@/api/levels/listLevels";
import { type LevelSort, STOCK_STATUSES } from "@/api/types";
import { usePreference } from "@/hooks/usePreference";
import { anyText, identifier, oneOf, searchText, useUrlState } from "@/hooks/useUrlState";
import { usePagination } from "./usePagination";

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

/** The statuses of levels that are sold, and the levels that are not. */
export const STATUS_FILTERS = [...STOCK_STATUSES, "RETIRED"] as const;

const FIELDS = {
  search: searchText,
  status: oneOf(STATUS_FILTERS, ""),
  category: anyText,
  warehouse_id: identifier,
  sort: oneOf(SORTS, ""),
  order: oneOf(["desc"], "asc"),
};

/** The filters and the order of the list, as in the address. An empty text means no filter. */
export type FilterValues = ReturnType<typeof useUrlState<typeof FIELDS>>[0];

export const PAGE_SIZES = [20, 50, 100];
const PAGE_SIZE = 50;

/** The state of the stock list: its filters, its page, and the levels on it. */
export function useLevelView() {
  const [filters, setFilters] = useUrlState(FIELDS);
  const pagination = usePagination();
  const [preferredSize, setPageSize] = usePreference("stock.page_size", PAGE_SIZE);
  const pageSize = PAGE_SIZES.includes(preferredSize) ? preferredSize : PAGE_SIZE;
  const { sort, order } = filters;
  const filter = {
    search: filters.search || undefined,
    status: STOCK_STATUSES.find((status) => status === filters.status),
    active: filters.status === "RETIRED" ? false : undefined,
    category: filters.category || undefined,
    warehouse_id: filters.warehouse_id || undefined,
  };
  const levels = useListLevels(
    { ...filter, sort: sort || undefined, order: sort && order === "desc" ? order : undefined },
    pagination.cursor,
    pageSize,
  );
  return {
    filters,
    setFilters,
    /** The filters alone, as the API takes them. */
    filter,
    isFiltered: Object.values<unknown>(filter).some((value) => value !== undefined),
    clearFilters: () => setFilters({ search: "", status: "", category: "", warehouse_id: "" }),
    /** The list that the API can read without the read model. */
    showUnsorted: () => setFilters({ search: "", sort: "", order: "asc" }),
    levels,
    /** Whether the levels on the screen are those of another filter or page, because these are loading. */
    isLoadingOther: levels.isPlaceholderData,
    pagination,
    pageSize,
    setPageSize: (size: number) => {
      setPageSize(size);
      pagination.goToStart();
    },
  };
}

export type LevelView = ReturnType<typeof useLevelView>;
