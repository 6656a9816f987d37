import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { withLevel } from "./cachedLevels";

const other = aLevel({ product_id: "KIT-0002" });
const before = aLevel({ version: 7, on_hand: 20 });
const after = aLevel({ version: 8, on_hand: 18 });

test("a changed level replaces its old version in a page", () => {
  const page = { items: [other, before], cursor: "next" };

  expect(withLevel(page, after)).toEqual({ items: [other, after], cursor: "next" });
});

test("an older version does not replace a newer one", () => {
  expect(withLevel({ items: [after] }, before)).toEqual({ items: [after] });
});

test("data that is not a list of levels is returned unchanged", () => {
  expect(withLevel(undefined, after)).toBeUndefined();
});
