import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { readDelta, readUnits, withOnHand } from "./units";

test.each([
  ["12", 12],
  [" 0 ", 0],
  ["1000000000", 1_000_000_000],
  ["1000000001", null],
  ["-1", null],
  ["1.5", null],
  ["1e3", null],
  ["", null],
  ["twelve", null],
])("%j is read as %j units", (typed, expected) => {
  expect(readUnits(typed)).toBe(expected);
});

test.each([
  ["3", 3],
  ["+3", 3],
  ["-3", -3],
  ["0", null],
  ["-0", null],
  ["-1000000001", null],
  ["", null],
])("%j is read as a change by %j", (typed, expected) => {
  expect(readDelta(typed)).toBe(expected);
});

test("fewer units on hand reduce the available units, not the reserved ones", () => {
  const level = aLevel({ on_hand: 20, reserved: 6, low_stock_threshold: 8 });

  expect(withOnHand(level, 15)).toMatchObject({ on_hand: 15, reserved: 6, available: 9, status: "IN_STOCK" });
  expect(withOnHand(level, 14)).toMatchObject({ available: 8, status: "LOW_STOCK", is_low: false });
  expect(withOnHand(level, 8)).toMatchObject({ available: 2, status: "LOW_STOCK", is_low: true });
  expect(withOnHand(level, 6)).toMatchObject({ available: 0, status: "OUT_OF_STOCK" });
  expect(withOnHand(level, 5)).toMatchObject({ available: -1, status: "OUT_OF_STOCK" });
});

test("allocated units are sold: they are on hand, and do not keep a level from being low", () => {
  const level = aLevel({ on_hand: 20, reserved: 6, allocated: 10, available: 4, low_stock_threshold: 8 });

  expect(withOnHand(level, 19)).toMatchObject({ allocated: 10, available: 3, is_low: false });
  expect(withOnHand(level, 18)).toMatchObject({ allocated: 10, available: 2, is_low: true });
});
