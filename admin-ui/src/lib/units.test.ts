import { expect, test } from "vitest";

import { unitsOf } from "./units";

test("units are summed over all lines", () => {
  expect(unitsOf([])).toBe(0);
  expect(unitsOf([{ quantity: 2 }, { quantity: 3 }])).toBe(5);
});
