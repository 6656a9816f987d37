import { keepPreviousData, type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

import { type Page, readPage } from "./queries";

export const PAGE_LIMIT = 50;

interface PagesOptions<Item> {
  readonly queryKey: QueryKey;
  readonly read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>;
  /** How often one page is read again; a list of three pages is read a third as often. */
  readonly refreshMs: number;
  readonly limit?: number;
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
    refetchInterval: (query) => refreshMs * (query.state.data?.pages.length ?? 1),
  });
}
