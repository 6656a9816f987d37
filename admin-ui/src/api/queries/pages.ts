import type { ReadModel } from "../types";

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The start of the next page; null on the last page. */
  readonly cursor: string | null;
  /** How many items the whole list has; null if they were not counted. */
  readonly total?: number | null;
  /** Of a list that comes from the read model. */
  readonly read_model?: ReadModel;
}

const CALLS_MAX = 5;

/** Read a page of about `limit` items. The API's own pages can be short when it filters, so this reads up to five. */
export async function readPage<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
  start: string | undefined,
  limit: number,
): Promise<Page<Item>> {
  let page = await read(start);
  for (let calls = 1; page.cursor !== null && page.items.length < limit / 2 && calls < CALLS_MAX; calls++) {
    const next = await read(page.cursor);
    page = { ...next, items: [...page.items, ...next.items] };
  }
  return page;
}
