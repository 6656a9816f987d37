import type { Level } from "../types";
import { levelName } from "./levelKey";

/** Put a level as it is now in the place of itself as it was, in whatever was read. */
export function withLevel(read: unknown, level: Level): unknown {
  if (!hasItems(read)) return read;
  return {
    ...read,
    items: read.items.map((item) => (levelName(item) === levelName(level) && isNewer(level, item) ? level : item)),
  };
}

// Answers may come in another order than changes were made.
function isNewer(one: Level, other: Level): boolean {
  return one.version >= other.version;
}

function hasItems(read: unknown): read is { items: readonly Level[] } {
  return typeof read === "object" && read !== null && "items" in read && Array.isArray(read.items);
}
