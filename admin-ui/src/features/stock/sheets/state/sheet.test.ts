import { expect, test } from "vitest";

import { deltaOf, hasEnded, newSheet, refusedOnly, withEntry, withLine, withQuantity } from "./sheet";

const NOW = new Date(2026, 10, 27, 4, 10, 5);

test("a product that is scanned again has one unit more, and is the first line", () => {
  let sheet = newSheet("receive", "main", NOW);
  for (const product_id of ["A", "B", "A"]) sheet = withEntry(sheet, { product_id, quantity: 1 }, 1);

  expect(sheet.lines.map(({ product_id, quantity }) => [product_id, quantity])).toEqual([
    ["A", 2],
    ["B", 1],
  ]);
});

test("a count is of the moment at which it was entered last, with the books of that moment", () => {
  let sheet = withEntry(newSheet("count", "main", NOW), { product_id: "A", quantity: 10 }, 1_000);
  sheet = withLine(sheet, "A", (line) => ({ ...line, is_read: true, books: 12 }));
  expect(sheet.lines.map((line) => deltaOf(sheet, line))).toEqual([-2]);

  sheet = withQuantity(sheet, "A", 11, 5_000);

  expect(sheet.lines[0]).toMatchObject({ entered_at: 5_000, is_read: false, books: null });
});

test("a sheet has a reference of its own, which names its time", () => {
  expect(newSheet("count", "main", NOW).reason).toEqual({
    reason: "count",
    note: "",
    reference: "COUNT-20261127-041005",
  });
});

test("lines that were refused are tried again under new keys", () => {
  let sheet = newSheet("receive", "main", NOW);
  for (const product_id of ["A", "B"]) sheet = withEntry(sheet, { product_id, quantity: 1 }, 1);
  sheet = { ...sheet, run: { content: { reason: "received" } } };
  sheet = withLine(sheet, "A", (line) => ({ ...line, outcome: { refused: "too many" } }));
  expect(hasEnded(sheet)).toBe(false);
  sheet = withLine(sheet, "B", (line) => ({ ...line, outcome: { delta: 1 } }));
  expect(hasEnded(sheet)).toBe(true);

  const again = refusedOnly(sheet);

  expect(again.lines).toHaveLength(1);
  expect(again.lines[0]?.product_id).toBe("A");
  expect(again.lines[0]?.idempotency_key).not.toBe(sheet.lines[0]?.idempotency_key);
  expect(again.run).toBeNull();
});
