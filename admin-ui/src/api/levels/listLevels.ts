import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { type Page, readPage } from "../queries/pages";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import type { Level, LevelFilter } from "../types";

interface ListLevelsQuery extends LevelFilter {
  readonly cursor?: string;
  readonly limit: number;
}

/** Read one page of levels, as the API returns it. */
export function listLevels(api: Api, query: ListLevelsQuery, signal: AbortSignal) {
  return dataOf(api.GET("/admin/inventory", { params: { query }, signal }));
}

/**
 * One page of levels, refreshed regularly. While the next page loads, the previous one stays on the screen.
 *
 * Only this page is refreshed and drawn, however many levels there are.
 */
export function useListLevels(filter: LevelFilter, cursor: string | undefined, limit: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["levels", "page", filter, cursor ?? null, limit],
    queryFn: ({ signal }) => readPage((cursor) => listLevels(api, { ...filter, cursor, limit }, signal), cursor, limit),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(REFRESH_MS.modelList, query),
  });
}

/** How many levels there are in all; null unless a list without a filter was read before. */
export function useTotalOfAll(): number | null {
  const queries = useQueryClient();
  const lists = queries.getQueriesData<Page<Level>>({
    queryKey: ["levels", "page"],
    predicate: ({ queryKey }) => hasNoFilter(queryKey[2] as LevelFilter),
  });
  return lists.reduce<number | null>((known, [, page]) => page?.total ?? known, null);
}

function hasNoFilter(filter: LevelFilter): boolean {
  return Object.values<unknown>({ ...filter, sort: undefined, order: undefined }).every((value) => value === undefined);
}
