import { text } from "@/i18n/text";
import type { LevelView } from "./useLevelView";

/** "12 of 983 levels"; null while the total is not known, as that of another filter must not be shown. */
export function totalText(
  { levels, isFiltered, isLoadingOther }: Pick<LevelView, "levels" | "isFiltered" | "isLoadingOther">,
  all: number | null,
): string | null {
  const total = levels.data?.total ?? null;
  if (total === null || isLoadingOther) return null;
  if (isFiltered && all !== null && all >= total) return text("stock.total.of", { count: total, all });
  return text("stock.total", { count: total });
}
