import { expect, test } from "vitest";

import { anAttentionLevel } from "@/testing/factories";
import { coverText, salesText } from "./cover";

test.each([
  [{ available: 0, days_of_cover: 0 }, "Sold out"],
  [{ available: 1, days_of_cover: 0.03 }, "Under 1 hour"],
  [{ available: 1, days_of_cover: 0.05 }, "1 hour"],
  [{ available: 3, days_of_cover: 0.99 }, "23 hours"],
  [{ available: 3, days_of_cover: 1.99 }, "1 day"],
  [{ available: 300, days_of_cover: 12 }, "12 days"],
  [{ available: 3, days_of_cover: null }, "Not known"],
])("%j lasts: %s", (level, expected) => {
  expect(coverText(level)).toBe(expected);
});

test.each([
  [{ sold_units: 0, sold_per_day: 0 }, "no recent sales"],
  [{ sold_units: 1, sold_per_day: 0.07 }, "sells rarely"],
  [{ sold_units: 28, sold_per_day: 2 }, "2 sold a day"],
  [{ sold_units: 33, sold_per_day: 2.357 }, "2.4 sold a day"],
])("%j: %s", (sales, expected) => {
  expect(salesText(anAttentionLevel(sales))).toBe(expected);
});
