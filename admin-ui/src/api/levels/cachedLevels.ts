import type { Level } from "../types";
import { levelName } from "./levelKey";

/** Replace a level in cached data with its newer version. Data of another kind is returned unchanged. */
export function withLevel(data: unknown, level: Level): unknown {
  if (!hasItems(data)) return data;
  return {
    ...data,
    items: data.items.map((item) => (levelName(item) === levelName(level) && isNewer(level, item) ? level : item)),
  };
}

// Responses can arrive in another order than the changes were made.
function isNewer(one: Level, other: Level): boolean {
  return one.version >= other.version;
}

function hasItems(data: unknown): data is { items: readonly Level[] } {
  return typeof data === "object" && data !== null && "items" in data && Array.isArray(data.items);
}
