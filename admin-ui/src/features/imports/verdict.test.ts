import { expect, test } from "vitest";

import type { Import } from "@/api/types";
import type { RowError } from "./problemsCsv";
import { invalidRows, progressOf, validRows, verdictOf } from "./verdict";

const error = (line: number, field = "on_hand", message = "must be a number"): RowError => ({ line, field, message });

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

test("a check without problems can be loaded, unless the load would change nothing", () => {
  expect(verdictOf(aReport({}))).toBe("valid");
  expect(verdictOf(aReport({ changed: 0 }))).toBe("nothing_to_change");
});

test("a check with problems can be loaded in part if some row is valid", () => {
  expect(verdictOf(aReport({ status: "FAILED", errors: [error(3)] }))).toBe("partly_valid");
  expect(verdictOf(aReport({ status: "FAILED", rows: 2, errors: [error(2), error(3)] }))).toBe("unusable");
});

test("a file with an invalid header has no valid rows", () => {
  expect(verdictOf(aReport({ status: "FAILED", rows: 0, errors: [error(1, "name")] }))).toBe("unusable");
});

test("a row with two problems counts as one invalid row", () => {
  const report = aReport({ status: "FAILED", errors: [error(3, "name"), error(3, "on_hand"), error(5)] });

  expect(invalidRows(report)).toBe(2);
  expect(validRows(report)).toBe(8);
});

test("the number of valid rows is unknown if the report does not contain all errors", () => {
  const report = aReport({ status: "FAILED", errors: [error(3)], error_count: 1_200 });

  expect(validRows(report)).toBeNull();
  expect(verdictOf(report)).toBe("partly_valid");
});

test("a load is complete, complete except for some rows, refused, or stopped", () => {
  const load = { mode: "GOOD_ROWS" } as const;

  expect(verdictOf(aReport(load))).toBe("loaded");
  expect(verdictOf(aReport({ ...load, errors: [error(3)] }))).toBe("loaded_except");
  expect(verdictOf(aReport({ ...load, status: "FAILED", done: 0, errors: [error(3)] }))).toBe("refused");
  expect(verdictOf(aReport({ ...load, status: "FAILED", done: 6, errors: [error(0)] }))).toBe("stopped");
});

test("an import whose worker stopped reporting has stopped, even if no row was processed", () => {
  const stale: Partial<Import> = { status: "FAILED", errors: [error(0, "(file)", "the import stopped")] };

  expect(verdictOf(aReport({ ...stale, mode: "ALL_OR_NONE", rows: 0, done: 0 }))).toBe("stopped");
  expect(verdictOf(aReport({ ...stale, mode: "CHECK", done: 0 }))).toBe("stopped");
});

test("progress starts at 0 percent and ends at 100", () => {
  expect(progressOf(aReport({ rows: 0, done: 0 }))).toBe(0);
  expect(progressOf(aReport({ rows: 3, done: 2 }))).toBe(66);
  expect(progressOf(aReport({ rows: 3, done: 3 }))).toBe(100);
});
