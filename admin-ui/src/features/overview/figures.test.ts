import { expect, test } from "vitest";

import type { Overview } from "@/api/types";
import { anOverview } from "@/testing/factories";
import { figuresOf, totalsOf } from "./figures";

const attention = (overview: Overview) =>
  Object.fromEntries(figuresOf(overview).map((figure) => [figure.name, figure.attention]));

test("without low stock or refunds, no figure needs attention", () => {
  expect(new Set(Object.values(attention(anOverview({ active: 7 }))))).toEqual(new Set(["none"]));
});

test("refunds and sold-out products need action, and low stock needs watching", () => {
  expect(attention(anOverview({ low_stock: 3, out_of_stock: 1, unfulfilled: 2 }))).toEqual({
    unfulfilled: "act",
    sold_out: "act",
    low: "watch",
    holds: "none",
  });
});

test("each figure links to the list that it counts", () => {
  const figures = figuresOf(anOverview({ low_stock: 3, out_of_stock: 1, unfulfilled: 2, active: 5 }));

  expect(figures.map(({ value, to }) => [value, to])).toEqual([
    [2, "/refunds"],
    [1, "/stock?status=OUT_OF_STOCK"],
    [3, "/stock?status=LOW_STOCK"],
    [5, "/reservations"],
  ]);
});

test("totals sum the outcomes of all hours", () => {
  const hour = { hour: "2026-11-22T10:00:00.000Z", committed: 3, released: 2, rejected: 1, unfulfilled: 0 };

  expect(totalsOf([hour, hour])).toEqual({ committed: 6, released: 4, rejected: 2, unfulfilled: 0 });
});
