import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { levelsCsv } from "./levelsCsv";

const rowOf = (name: string) => levelsCsv([aLevel({ name })]).split("\r\n")[1];

test("levels have the columns of an import, after a byte order mark", () => {
  expect(levelsCsv([aLevel({ name: "Théière" })])).toBe(
    "\uFEFFproduct_id,warehouse_id,name,category,on_hand,low_stock_threshold\r\n" +
      "KIT-0001,main,Théière,kitchen,20,5\r\n",
  );
});

test("commas and quotes stay within their column", () => {
  expect(rowOf('Mug, 12" wide')).toBe('KIT-0001,main,"Mug, 12"" wide",kitchen,20,5');
});

test.each(["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])("the name %s is escaped, so that it is not a formula", (name) => {
  expect(rowOf(name)).toBe(`KIT-0001,main," ${name}",kitchen,20,5`);
});
