import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

import { type Page, readPage, refreshAfter } from "./queries";

export const PAGE_LIMIT = 50;

interface PagesOptions<Item> {
  readonly queryKey: QueryKey;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  /** How often one page is read again; three pages are read a third as often, up to a limit. */
  readonly refreshMs: number;
  readonly limit?: number;
}

const LONGEST_MS = 20_000; // what is older than 30 seconds is told to be stale

function longerFor(pages: number, refreshMs: number): number {
  return Math.min(refreshMs * pages, LONGEST_MS);
}

/**
 * A list that is read page by page and kept fresh. While a filter changes, the old items stay.
 *
 * Answers react-query's infinite query with `data.items`, all pages in one.
 */
export function usePages<Item>({ queryKey, read, refreshMs, limit = PAGE_LIMIT }: PagesOptions<Item>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => readPage((cursor) => read(cursor, signal), pageParam, limit),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    select: (data) => ({ items: data.pages.flatMap((page) => page.items) }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(longerFor(query.state.data?.pages.length ?? 1, refreshMs), query),
  });
}
