import type { AttentionLevel } from "@/api/types";
import { text } from "@/i18n/text";
import { formatDecimal } from "@/lib/formats";

const HOURS_A_DAY = 24;

/** For how long a level lasts: "sold out", "5 hours", "3 days". */
export function coverText({ available, days_of_cover }: Pick<AttentionLevel, "available" | "days_of_cover">): string {
  if (available === 0) return text("stock_status.OUT_OF_STOCK");
  if (days_of_cover === null) return text("cover.unknown");
  if (days_of_cover * HOURS_A_DAY < 1) return text("cover.under_an_hour");
  if (days_of_cover < 1) return text("cover.hours", { hours: Math.floor(days_of_cover * HOURS_A_DAY) });
  return text("cover.days", { days: Math.floor(days_of_cover) });
}

/** How fast it sells: "2 sold a day". */
export function salesText({ sold_units, sold_per_day }: Pick<AttentionLevel, "sold_units" | "sold_per_day">): string {
  if (sold_units === 0) return text("cover.no_sales");
  return sold_per_day < 0.1 ? text("cover.sold_rarely") : text("cover.sold", { units: formatDecimal(sold_per_day) });
}
