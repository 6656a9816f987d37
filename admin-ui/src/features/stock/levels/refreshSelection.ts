import { levelName } from "@/api/levels/levelKey";
import type { Level } from "@/api/types";

/** Levels that were selected some time ago, with the latest figures of those that were read since. */
export function latestOf(selected: readonly Level[], read: readonly Level[]): readonly Level[] {
  const latest = new Map(read.map((level) => [levelName(level), level]));
  return selected.map((level) => latest.get(levelName(level)) ?? level);
}
