import { expect, test } from "vitest";

import { type NewLevel, readNewLevel } from "./newLevel";

const typed: NewLevel = {
  product_id: " KIT-0001",
  warehouse_id: "main ",
  name: " Tea Kettle ",
  category: "kitchen",
  on_hand: "20",
  low_stock_threshold: "5",
  reason: "Added",
};

test("a new level is read without leading and trailing spaces", () => {
  expect(readNewLevel(typed).level).toEqual({
    key: { product_id: "KIT-0001", warehouse_id: "main" },
    content: { name: "Tea Kettle", category: "kitchen", on_hand: 20, low_stock_threshold: 5, reason: "Added" },
  });
});

test("all invalid fields are reported at once", () => {
  const { level, errors } = readNewLevel({
    ...typed,
    product_id: "-x",
    name: " ",
    on_hand: "many",
    reason: "a".repeat(201),
  });

  expect(level).toBeNull();
  expect(Object.keys(errors).sort()).toEqual(["name", "on_hand", "product_id", "reason"]);
});
