import type { Api } from "@/api/client/client";
import { ApiProblem } from "@/api/client/problem";
import { readLevelsOfProduct } from "@/api/levels/listLevelsOfProduct";
import { readMovements } from "@/api/movements/listMovements";
import type { Level } from "@/api/types";
import type { Line, Sheet } from "./sheet";

/** What is read of a line: its level, and the books at the moment of the count. */
export type Reading = Pick<Line, "is_read" | "level" | "books" | "as_of"> & {
  /** Which readings of the line are products in this warehouse; missing if it has only one. */
  readonly found?: { readonly whole: boolean; readonly split: boolean };
};

const FRESH_MS = 3_000; // books that are read so soon after the count are those of its moment

/** Read the level of a line. A count that is read late, as after a lost network, is compared with the books of its moment. */
export async function readLine(api: Api, { kind, warehouse_id }: Sheet, line: Line): Promise<Reading> {
  const other = line.split && (await levelsOf(api, line.split.product_id)); // before, so that the books are the latest
  const found = await levelsOf(api, line.product_id);
  const now = Date.now();
  const age = now - line.entered_at;
  const at = new Date((found ? Date.parse(found.as_of) : now) - age);
  const level = found?.levels.find((one) => one.warehouse_id === warehouse_id) ?? null;
  const isCount = kind === "count" && level !== null;
  const books = !isCount ? null : age < FRESH_MS ? level.on_hand : await booksAt(api, level, at);
  const reading = { is_read: true, level, books, as_of: at.toISOString() };
  if (!line.split) return reading;
  const split = other?.levels.some((one) => one.warehouse_id === warehouse_id) ?? false;
  return { ...reading, found: { whole: level !== null, split } };
}

async function levelsOf(api: Api, product_id: string) {
  try {
    return await readLevelsOfProduct(api, product_id);
  } catch (error) {
    if (error instanceof ApiProblem && error.isNotFound) return null;
    throw error;
  }
}

/** The units on hand at a moment: those of now, without what the ledger has since. */
async function booksAt(api: Api, level: Level, at: Date): Promise<number> {
  const { product_id, warehouse_id } = level;
  let on_hand = level.on_hand;
  for (let cursor: string | undefined; ;) {
    const page = await readMovements(api, { product_id, cursor });
    const since = page.items.filter(({ moved_at }) => Date.parse(moved_at) > at.getTime());
    for (const movement of since) if (movement.warehouse_id === warehouse_id) on_hand -= movement.delta;
    if (page.cursor === null || since.length < page.items.length) return Math.max(0, on_hand);
    cursor = page.cursor;
  }
}
