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
    content: {
      name: "Tea Kettle",
      category: "kitchen",
      on_hand: 20,
      low_stock_threshold: 5,
      reason: "Added",
      active: true,
    },
  });
});

test("ids and names are normalized, as the API does", () => {
  const { level } = readNewLevel({ ...typed, product_id: "The\u0301 / 100%", name: "The\u0301ie\u0300re" });

  expect(level).toMatchObject({ key: { product_id: "Th\u00e9 / 100%" }, content: { name: "Th\u00e9i\u00e8re" } });
});

test("all invalid fields are reported at once", () => {
  const { level, errors } = readNewLevel({
    ...typed,
    product_id: "A\u200BB",
    name: " ",
    on_hand: "many",
    reason: "a".repeat(201),
  });

  expect(level).toBeNull();
  expect(Object.keys(errors).sort()).toEqual(["name", "on_hand", "product_id", "reason"]);
});
