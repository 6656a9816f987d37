import { levelName } from "@/api/levels/levelKey";
import type { Level } from "@/api/types";

/** The selected levels, each replaced by its fresh version if there is one. */
export function refreshSelection(selected: readonly Level[], fresh: readonly Level[]): readonly Level[] {
  const byName = new Map(fresh.map((level) => [levelName(level), level]));
  return selected.map((level) => byName.get(levelName(level)) ?? level);
}
