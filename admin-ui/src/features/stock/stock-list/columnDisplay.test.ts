import { expect, test } from "vitest";

import { displayOf } from "./columnDisplay";

test("at first the columns stand as they come, those of little use hidden", () => {
  expect(displayOf([], ["name", "updated_at"])).toEqual([
    { id: "name", visible: true },
    { id: "updated_at", visible: false },
  ]);
});

test("what somebody chose stays, a column that is gone is forgotten, and a new one is shown", () => {
  const kept = [
    { id: "status", visible: false },
    { id: "gone", visible: true },
    { id: "name", visible: true },
  ];

  expect(displayOf(kept, ["name", "status", "new"])).toEqual([
    { id: "status", visible: false },
    { id: "name", visible: true },
    { id: "new", visible: true },
  ]);
});
