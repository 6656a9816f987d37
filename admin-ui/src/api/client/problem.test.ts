import { expect, test } from "vitest";

import { ApiProblem } from "./problem";

function aProblem(status: number, body: object): Response {
  return new Response(JSON.stringify({ status, title: "Title", detail: "a sentence", ...body }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

test("a problem document keeps its code, its sentence and what is wrong with each field", async () => {
  const errors = [{ field: "on_hand", message: "must be at least 0" }];

  const problem = await ApiProblem.from(aProblem(400, { code: "VALIDATION_FAILED", errors }));

  expect(problem).toMatchObject({ status: 400, code: "VALIDATION_FAILED", detail: "a sentence" });
  expect(problem.of("on_hand")).toBe("must be at least 0");
  expect(problem.of("name")).toBeUndefined();
  expect(problem.isPassing).toBe(false);
});

test.each([
  [404, "PRODUCT_NOT_FOUND", true],
  [400, "VALIDATION_FAILED", true], // an id of other letters
  [403, "FORBIDDEN", false],
  [503, "BUSY", false],
])("what was read and answered %i %s is not found: %s", async (status, code, expected) => {
  expect((await ApiProblem.from(aProblem(status, { code }))).isNotFound).toBe(expected);
});

test("a version conflict brings the level as it is now", async () => {
  const current = { product_id: "KIT-1", version: 8 };

  const problem = await ApiProblem.from(aProblem(409, { code: "VERSION_CONFLICT", current }));

  expect(problem.current).toEqual(current);
});

test("a busy API passes and is not offline", async () => {
  const problem = await ApiProblem.from(aProblem(503, { code: "BUSY" }));

  expect(problem).toMatchObject({ isOffline: false, isPassing: true });
});

test.each([502, 503, 504])("a proxy that answers %i for the API means offline", async (status) => {
  const problem = await ApiProblem.from(new Response("<html>", { status, headers: { "Content-Type": "text/html" } }));

  expect(problem.isOffline).toBe(true);
});

test("an answer that is no problem document is told by its status", async () => {
  const headers = { "Content-Type": "application/json" };

  const problem = await ApiProblem.from(new Response("{broken", { status: 418, headers }));

  expect(problem).toMatchObject({ status: 418, code: "UNKNOWN", isOffline: false });
});
