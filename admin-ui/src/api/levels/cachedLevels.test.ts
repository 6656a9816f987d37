import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { withLevel } from "./cachedLevels";

const other = aLevel({ product_id: "KIT-0002" });
const before = aLevel({ version: 7, on_hand: 20 });
const after = aLevel({ version: 8, on_hand: 18 });

test("a changed level takes its place in a page", () => {
  const page = { items: [other, before], cursor: "next" };

  expect(withLevel(page, after)).toEqual({ items: [other, after], cursor: "next" });
});

test("what was read after an answer is not put back by it", () => {
  expect(withLevel({ items: [after] }, before)).toEqual({ items: [after] });
});

test("what is no list of levels stays what it is", () => {
  expect(withLevel(undefined, after)).toBeUndefined();
});
