import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { levelsCsv } from "./levelsCsv";

const as_of = "2026-11-22T11:00:00.000Z";
const rowOf = (name: string) => levelsCsv([{ level: aLevel({ name }), as_of }]).split("\r\n")[1];

test("levels have the columns of the API's export, after a byte order mark", () => {
  expect(levelsCsv([{ level: aLevel({ name: "Théière" }), as_of }])).toBe(
    "\uFEFFproduct_id,warehouse_id,name,category,on_hand,low_stock_threshold,on_hand_was,as_of\r\n" +
      "KIT-0001,main,Théière,kitchen,20,5,20,2026-11-22T11:00:00.000Z\r\n",
  );
});

test("commas and quotes stay within their column", () => {
  expect(rowOf('Mug, 12" wide')).toBe('KIT-0001,main,"Mug, 12"" wide",kitchen,20,5,20,2026-11-22T11:00:00.000Z');
});

test.each(["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])("the name %s is escaped, so that it is not a formula", (name) => {
  expect(rowOf(name)).toBe(`KIT-0001,main, ${name},kitchen,20,5,20,2026-11-22T11:00:00.000Z`);
});
