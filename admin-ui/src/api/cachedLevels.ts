import type { Level } from "./types";

/** Put a level as it is now in the place of itself as it was, in whatever was read: a page, or pages of them. */
export function withLevel(read: unknown, level: Level): unknown {
  if (hasPages(read)) return { ...read, pages: read.pages.map((page) => withLevel(page, level)) };
  if (!hasItems(read)) return read;
  return { ...read, items: read.items.map((item) => (isSame(item, level) && isNewer(level, item) ? level : item)) };
}

function isSame(one: Level, other: Level): boolean {
  return one.product_id === other.product_id && one.warehouse_id === other.warehouse_id;
}

// Answers may come in another order than changes were made.
function isNewer(one: Level, other: Level): boolean {
  return one.version >= other.version;
}

function hasPages(read: unknown): read is { pages: readonly unknown[] } {
  return typeof read === "object" && read !== null && "pages" in read && Array.isArray(read.pages);
}

function hasItems(read: unknown): read is { items: readonly Level[] } {
  return typeof read === "object" && read !== null && "items" in read && Array.isArray(read.items);
}
