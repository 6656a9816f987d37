import { expect, test } from "vitest";

import { failedRows } from "./failedRows";

const error = (line: number) => ({ line, field: "on_hand", message: "must be a whole number, digits only" });

test("the rows that failed are copied with the header, as they are in the file", () => {
  const csv = '\uFEFFproduct_id;on_hand\r\nA;1\r\n"B;1";many\r\nC;3';

  expect(failedRows(csv, [error(3), error(4), error(4)])).toBe('\uFEFFproduct_id;on_hand\r\n"B;1";many\r\nC;3\r\n');
});

test("a row that spans lines is found by its last line, like the API counts", () => {
  const csv = 'product_id,name\nA,"two\nlines"\nB,one\n';

  expect(failedRows(csv, [error(3)])).toBe('product_id,name\nA,"two\nlines"\n');
  expect(failedRows(csv, [error(4)])).toBe("product_id,name\nB,one\n");
});
