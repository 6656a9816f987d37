import { expect, test } from "vitest";

import { columnDisplay } from "./columnDisplay";

test("without a preference, columns have their usual order, and some are hidden", () => {
  expect(columnDisplay([], ["name", "updated_at"])).toEqual([
    { id: "name", visible: true },
    { id: "updated_at", visible: false },
  ]);
});

test("a preference is kept, a removed column is dropped, and a new column is shown", () => {
  const stored = [
    { id: "status", visible: false },
    { id: "removed", visible: true },
    { id: "name", visible: true },
  ];

  expect(columnDisplay(stored, ["name", "status", "new"])).toEqual([
    { id: "status", visible: false },
    { id: "name", visible: true },
    { id: "new", visible: true },
  ]);
});
