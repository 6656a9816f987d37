import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

import { type Page, readPage } from "./pages";
import { refreshAfter } from "./refresh";

export const PAGE_LIMIT = 50;

interface PagesOptions<Item> {
  readonly queryKey: QueryKey;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  /** How often one page is read again. Three pages are read a third as often, so that they cost no more than one. */
  readonly refreshMs: number;
  readonly limit?: number;
}

const STALE_AFTER_MS = 30_000;
const INTERVALS_MISSED = 2.5;

/**
 * A list that grows page by page and refreshes itself. While a filter changes, the old items stay on the screen.
 *
 * Returns react-query's infinite query. `data.items` has the items of all pages; the total and the state of the read model
 * are those of the page that was read last. Data that is older than `data.staleAfterMs` should have been read again.
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
      staleAfterMs: Math.max(STALE_AFTER_MS, INTERVALS_MISSED * refreshMs * data.pages.length),
    }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(refreshMs * (query.state.data?.pages.length ?? 1), query),
  });
}
