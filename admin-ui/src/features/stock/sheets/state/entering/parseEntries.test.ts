import { expect, test } from "vitest";

import { parseEntries } from "./parseEntries";

function entered(typed: string, kind: "receive" | "count" = "receive") {
  const { entries, wrong } = parseEntries(typed, kind);
  expect(wrong).toEqual([]);
  return entries.map(({ place, entered, ...entry }) => {
    expect([place, typed]).toEqual([null, entered]);
    return entry;
  });
}

function mistakes(typed: string, kind: "receive" | "count" = "receive") {
  const { entries, wrong } = parseEntries(typed, kind);
  expect(entries).toEqual([]);
  return wrong.map(({ mistake }) => `${mistake.why} ${mistake.value}`.trim());
}

test.each([
  ["KIT-1", { product_id: "KIT-1", quantity: 1 }],
  ["4006381333931", { product_id: "4006381333931", quantity: 1 }],
  ["Tea Kettle, red", { product_id: "Tea Kettle, red", quantity: 1 }],
  ["KIT-1\t12", { product_id: "KIT-1", quantity: 12 }],
  ["KIT 15\t12\t", { product_id: "KIT 15", quantity: 12 }],
] as const)("%j can be read in one way", (typed, entry) => {
  expect(entered(typed)).toEqual([entry]);
});

test.each([
  ["KIT 15", { product_id: "KIT", quantity: 15 }],
  ["KIT  +15 ", { product_id: "KIT", quantity: 15 }],
  ["KIT-1;12", { product_id: "KIT-1", quantity: 12 }],
  ["A, B,12", { product_id: "A, B", quantity: 12 }],
  ["Model 15,1", { product_id: "Model 15", quantity: 1 }],
  ["4006381333931 7", { product_id: "4006381333931", quantity: 7 }],
] as const)("%j may be a product as a whole, or a product and its units", (typed, split) => {
  expect(entered(typed)).toEqual([{ product_id: typed.trim(), quantity: 1, split }]);
});

test.each([
  ["KIT\t0", "none 0"],
  ["KIT,0", "none 0"],
  ["KIT\t-3", "not_whole -3"],
  ["KIT;1.5", "not_whole 1.5"],
  ["KIT,1e3", "not_whole 1e3"],
  ["KIT\ttwelve", "not_whole twelve"],
  ["KIT\t1,000", "thousands 1,000"],
  ["KIT 1,000", "thousands 1,000"],
  ["KIT,1,000", "thousands 1,000"],
  ["KIT;1.000", "thousands 1.000"],
  ["KIT\t99999999999", "too_many 99999999999"],
  ["KIT,99999999999", "too_many 99999999999"],
  ["KIT\t", "no_units"],
  ["KIT,", "no_units"],
  ["\t5", "no_product"],
  [",5", "no_product"],
  ["KIT\tKettle\t5", "columns 3"],
  ["K\u200BIT 3", "character U+200B"],
  ["X".repeat(129), "long 128"],
  [`X${" ".repeat(1_000_000)}Y 1`, "long"],
] as const)("%j is no line of a delivery", (typed, mistake) => {
  expect(mistakes(typed)).toEqual([mistake]);
});

test.each([
  ["KIT 0", "none"],
  ["KIT -3", "not_whole"],
  ["KIT 1.5", "not_whole"],
  ["KIT 99999999999", "too_many"],
] as const)("%j may be a product; if it is not, its units are wrong", (typed, why) => {
  const value = typed.slice(4);
  expect(entered(typed)).toEqual([{ product_id: typed, quantity: 1, mistake: { why, value } }]);
});

test("a count may find nothing, but not 0 of a number with thousands", () => {
  expect(entered("KIT-3\t0", "count")).toEqual([{ product_id: "KIT-3", quantity: 0 }]);
  expect(mistakes("KIT 1,000", "count")).toEqual(["thousands 1,000"]);
});

test("a pasted list may have a byte order mark and lines that end in any way", () => {
  const { entries, wrong } = parseEntries("\uFEFFKIT-1\t2\r\n\r\nKIT-2\t3\rKIT-3\t4\n", "receive");

  expect(entries.map(({ place, product_id }) => [place, product_id])).toEqual([
    [1, "KIT-1"],
    [3, "KIT-2"],
    [4, "KIT-3"],
  ]);
  expect(wrong).toEqual([]);
});

test("a line that is none is named by its place in the list", () => {
  const { entries, wrong } = parseEntries("KIT-1\t2\r\n\r\nKIT-3\t0\n", "receive");

  expect(entries).toHaveLength(1);
  expect(wrong).toEqual([{ place: 3, entered: "KIT-3\t0", mistake: { why: "none", value: "0" } }]);
});
