import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import type { SearchResults } from "../types";

const SUGGESTIONS_MAX = 5; // of each kind
const RESULTS_MAX = 10; // of each kind: a call reads at most about 100 units
const FRESH_MS = 10_000;

/** What was found of each kind. */
export type Found = Pick<SearchResults, "levels" | "reservations" | "executions" | "refunds">;

function search(api: Api, query: string, limit: number, signal: AbortSignal, cursor?: string) {
  return dataOf(api.GET("/admin/search", { params: { query: { query, limit, cursor } }, signal }));
}

function suggestionsOf(api: Api, query: string) {
  return queryOptions({
    queryKey: ["search", "suggestions", query],
    queryFn: ({ signal }) => search(api, query, SUGGESTIONS_MAX, signal),
    staleTime: FRESH_MS,
  });
}

/** The first results of each kind, while the user types. @param query empty to ask for nothing */
export function useSearchSuggestions(query: string) {
  return useQuery({ ...suggestionsOf(useApi(), query), enabled: query !== "" });
}

/** Reads the first results at once; a search that was just made is not made again. */
export function useSearchNow(): (query: string) => Promise<SearchResults> {
  const api = useApi();
  const queries = useQueryClient();
  return (query) => queries.query(suggestionsOf(api, query));
}

/** All results, page by page. Nothing refreshes them: somebody who searches looks for what is there now. */
export function useSearchEverything(query: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["search", "results", query],
    queryFn: ({ pageParam, signal }) => search(api, query, RESULTS_MAX, signal, pageParam),
    enabled: query !== "",
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    select: ({ pages }) => ({
      levels: pages.flatMap(({ levels }) => levels),
      reservations: pages.flatMap(({ reservations }) => reservations),
      executions: pages.flatMap(({ executions }) => executions),
      refunds: pages.flatMap(({ refunds }) => refunds),
      read_model: pages.at(-1)?.read_model,
    }),
  });
}
