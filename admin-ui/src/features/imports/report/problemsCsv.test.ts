import { expect, test } from "vitest";

import { problemsCsv } from "./problemsCsv";

test("problems are a CSV without formulas", () => {
  const problems = [
    { line: 3, field: "name", message: 'is "too", long' },
    { line: 1, field: "=HYPERLINK()", message: "is not a known column" },
  ];

  expect(problemsCsv(problems)).toBe(
    `\uFEFFline,field,message\r\n3,name,"is ""too"", long"\r\n1,'=HYPERLINK(),is not a known column\r\n`,
  );
});
