import { expect, test } from "vitest";

import type { Import } from "@/api/types";
import type { RowError } from "./problemsCsv";
import { problemsOf, progressOf, verdictOf, zerosToConfirm } from "./verdict";

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
    created: 1,
    changed: 3,
    unchanged: 6,
    failed: 0,
    new: [{ product_id: "KIT-9", warehouse_id: "main", name: "Tea Kettle" }],
    zeros: 0,
    checked: 10,
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
  expect(verdictOf(aReport({ created: 0, changed: 0 }))).toBe("nothing_to_change");
});

const NOTHING = { created: 0, changed: 0, unchanged: 0 };

test("a check with problems can be loaded in part if some row is valid", () => {
  expect(verdictOf(aReport({ status: "FAILED", errors: [error(3)] }))).toBe("partly_valid");
  expect(verdictOf(aReport({ status: "FAILED", errors: [error(3)], error_count: 1_200 }))).toBe("partly_valid");
  expect(verdictOf(aReport({ ...NOTHING, status: "FAILED", failed: 10, errors: [error(2), error(3)] }))).toBe(
    "unusable",
  );
});

test("a file with an invalid header has no valid rows", () => {
  expect(verdictOf(aReport({ ...NOTHING, status: "FAILED", rows: 0, errors: [error(1, "name")] }))).toBe("unusable");
});

test("a file that sets many levels to 0 is valid, but must be confirmed", () => {
  const unconfirmed = error(0, "confirm", "7 of 10 levels would be set to 0");
  const check = aReport({ status: "FAILED", zeros: 7, errors: [unconfirmed] });
  const load = aReport({ ...NOTHING, mode: "ALL_OR_NONE", status: "FAILED", done: 0, zeros: 7, errors: [unconfirmed] });

  expect([verdictOf(check), verdictOf(load)]).toEqual(["valid", "unconfirmed"]);
  expect([zerosToConfirm(check), zerosToConfirm(aReport({ zeros: 1 }))]).toEqual([7, null]);
  expect(problemsOf(check)).toEqual({ errors: [], count: 0 });
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
