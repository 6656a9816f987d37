import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

import { type Page, readPage } from "./pages";
import { refreshAfter } from "./refresh";

export const PAGE_LIMIT = 50;

interface PagesOptions<Item> {
  readonly queryKey: QueryKey;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  /** How often one page is read again. Three pages are read a third as often, up to a limit. */
  readonly refreshMs: number;
  readonly limit?: number;
}

const REFRESH_MS_MAX = 20_000; // the page shows a warning when data is older than 30 seconds

function refreshMsOf(pages: number, refreshMs: number): number {
  return Math.max(refreshMs, Math.min(refreshMs * pages, REFRESH_MS_MAX));
}

/**
 * A list that grows page by page and refreshes itself. While a filter changes, the old items stay on the screen.
 *
 * Returns react-query's infinite query. `data.items` has the items of all pages; the total and the state of the read model
 * are those of the page that was read last.
 */
export function usePages<Item>({ queryKey, read, refreshMs, limit = PAGE_LIMIT }: PagesOptions<Item>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage((cursor) => read(cursor, signal), pageParam, limit),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    select: (data) => ({
      items: data.pages.flatMap((page) => page.items),
      total: data.pages.at(-1)?.total,
      read_model: data.pages.at(-1)?.read_model,
    }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(refreshMsOf(query.state.data?.pages.length ?? 1, refreshMs), query),
  });
}
