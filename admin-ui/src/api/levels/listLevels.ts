import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { readPage } from "../queries/pages";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import type { LevelFilter } from "../types";

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
  const isFiltered = Object.values<unknown>(filter).some((value) => value !== undefined);
  return useQuery({
    queryKey: ["levels", "page", filter, cursor ?? null, limit],
    queryFn: ({ signal }) => readPage((cursor) => listLevels(api, { ...filter, cursor, limit }, signal), cursor, limit),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(isFiltered ? REFRESH_MS.expensive : REFRESH_MS.cheap, query),
  });
}
