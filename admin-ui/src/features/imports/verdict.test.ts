import { expect, test } from "vitest";

import type { Import } from "@/api/types";
import { goodRows, problemsCsv, progressOf, type RowError, verdictOf, wrongLines } from "./verdict";

const wrong = (line: number, field = "on_hand", message = "must be a number"): RowError => ({ line, field, message });

function aReport(content: Partial<Import>): Import {
  const errors = content.errors ?? [];
  return {
    import_id: "0f8fad5bd9cb469fa16570867728950e",
    status: "DONE",
    mode: "CHECK",
    actor: "anna",
    rows: 10,
    done: 10,
    changed: 4,
    error_count: errors.length,
    errors,
    submitted_at: "2026-11-22T10:15:00.000Z",
    started_at: "2026-11-22T10:15:01.000Z",
    updated_at: "2026-11-22T10:15:04.000Z",
    ended_at: "2026-11-22T10:15:04.000Z",
    ...content,
  };
}

test("a check without problems can be loaded, unless it would change nothing", () => {
  expect(verdictOf(aReport({}))).toBe("good");
  expect(verdictOf(aReport({ changed: 0 }))).toBe("nothing_to_change");
});

test("a check with problems can be loaded in part, while some row is good", () => {
  expect(verdictOf(aReport({ status: "FAILED", errors: [wrong(3)] }))).toBe("partly_good");
  expect(verdictOf(aReport({ status: "FAILED", rows: 2, errors: [wrong(2), wrong(3)] }))).toBe("unusable");
});

test("a file whose header is wrong has no good rows", () => {
  expect(verdictOf(aReport({ status: "FAILED", rows: 0, errors: [wrong(1, "name")] }))).toBe("unusable");
});

test("a row with two problems is one wrong row", () => {
  const report = aReport({ status: "FAILED", errors: [wrong(3, "name"), wrong(3, "on_hand"), wrong(5)] });

  expect(wrongLines(report)).toBe(2);
  expect(goodRows(report)).toBe(8);
});

test("how many rows are good is not guessed when more is wrong than is told", () => {
  const report = aReport({ status: "FAILED", errors: [wrong(3)], error_count: 1_200 });

  expect(goodRows(report)).toBeNull();
  expect(verdictOf(report)).toBe("partly_good");
});

test("a load is done, done except for some rows, refused, or stopped", () => {
  const load = { mode: "GOOD_ROWS" } as const;

  expect(verdictOf(aReport(load))).toBe("loaded");
  expect(verdictOf(aReport({ ...load, errors: [wrong(3)] }))).toBe("loaded_except");
  expect(verdictOf(aReport({ ...load, status: "FAILED", done: 0, errors: [wrong(3)] }))).toBe("refused");
  expect(verdictOf(aReport({ ...load, status: "FAILED", done: 6, errors: [wrong(0)] }))).toBe("stopped");
});

test("an import whose worker fell silent has stopped, however far it was, and is not called wrong", () => {
  const silent: Partial<Import> = { status: "FAILED", errors: [wrong(0, "(file)", "the import stopped")] };

  expect(verdictOf(aReport({ ...silent, mode: "ALL_OR_NONE", rows: 0, done: 0 }))).toBe("stopped");
  expect(verdictOf(aReport({ ...silent, mode: "CHECK", done: 0 }))).toBe("stopped");
});

test("progress begins at nothing and ends at everything", () => {
  expect(progressOf(aReport({ rows: 0, done: 0 }))).toBe(0);
  expect(progressOf(aReport({ rows: 3, done: 2 }))).toBe(66);
  expect(progressOf(aReport({ rows: 3, done: 3 }))).toBe(100);
});

test("problems are a CSV that no sheet takes for formulas", () => {
  const problems = [wrong(3, "name", 'is "too", long'), wrong(1, "=HYPERLINK()", "is not a known column")];

  expect(problemsCsv(problems)).toBe(
    `line,field,message\r\n3,name,"is ""too"", long"\r\n1,'=HYPERLINK(),is not a known column\r\n`,
  );
});
