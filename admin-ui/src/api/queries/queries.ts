import { type Query, QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "../client/problem";

/** How often what is on the screen is read again, while somebody looks at it. */
export const REFRESH_MS = {
  /** What DynamoDB finds by its key. */
  cheap: 5_000,
  /** What reads through a table. */
  dear: 15_000,
} as const;

/** When a query is read again: every so often, until the API refuses it, which it would do each time. */
export function refreshAfter(ms: number, { state: { error } }: Pick<Query, "state">): number | false {
  return error instanceof ApiProblem && !error.isPassing ? false : ms;
}

const RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always", // a local AWS answers without a network
        retry: (failures, error) => error instanceof ApiProblem && error.isPassing && failures < RETRIES,
        staleTime: 1_000,
      },
      // Every change may be sent again: each carries a key or a version that lets it happen once.
      mutations: {
        networkMode: "always",
        retry: (failures, error) => error instanceof ApiProblem && error.isPassing && failures < RETRIES,
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
}

/** Names one change, so that it is made once however often it is sent: anew for each change, the same for each try. */
export function newKey(): string {
  return crypto.randomUUID();
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; null on the last one. */
  readonly cursor: string | null;
}

const PAGES_A_READ = 5;

/** Read on while the API's pages are short and have a next one, so that "load more" does bring more. */
export async function readPage<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
  start: string | undefined,
  limit: number,
): Promise<Page<Item>> {
  let page = await read(start);
  for (let reads = 1; page.cursor !== null && page.items.length < limit / 2 && reads < PAGES_A_READ; reads++) {
    const next = await read(page.cursor);
    page = { items: [...page.items, ...next.items], cursor: next.cursor };
  }
  return page;
}
