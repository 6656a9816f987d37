import { expect, test } from "vitest";

import { ApiProblem } from "./problem";

function aProblem(status: number, body: object): Response {
  return new Response(JSON.stringify({ status, title: "Title", detail: "a sentence", ...body }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
}

test("a problem document keeps its code, its detail and its field errors", async () => {
  const errors = [{ field: "on_hand", message: "must be at least 0" }];

  const problem = await ApiProblem.from(aProblem(400, { code: "VALIDATION_FAILED", errors }));

  expect(problem).toMatchObject({ status: 400, code: "VALIDATION_FAILED", detail: "a sentence" });
  expect(problem.messageFor("on_hand")).toBe("must be at least 0");
  expect(problem.messageFor("name")).toBeUndefined();
  expect(problem.isTransient).toBe(false);
});

test.each([
  [404, "PRODUCT_NOT_FOUND", true],
  [400, "VALIDATION_FAILED", true], // an id that is not valid
  [403, "FORBIDDEN", false],
  [503, "BUSY", false],
])("a read that fails with %i %s is treated as not found: %s", async (status, code, expected) => {
  expect((await ApiProblem.from(aProblem(status, { code }))).isNotFound).toBe(expected);
});

test("a version conflict has the current level", async () => {
  const current = { product_id: "KIT-1", version: 8 };

  const problem = await ApiProblem.from(aProblem(409, { code: "VERSION_CONFLICT", current }));

  expect(problem.current).toEqual(current);
});

test("a busy API is a transient problem, and it is not offline", async () => {
  const problem = await ApiProblem.from(aProblem(503, { code: "BUSY" }));

  expect(problem).toMatchObject({ isOffline: false, isTransient: true });
});

test.each([502, 503, 504])("a proxy error with status %i means that the API is offline", async (status) => {
  const problem = await ApiProblem.from(new Response("<html>", { status, headers: { "Content-Type": "text/html" } }));

  expect(problem.isOffline).toBe(true);
});

test("a response that is not a problem document keeps its status and has the code UNKNOWN", async () => {
  const headers = { "Content-Type": "application/json" };

  const problem = await ApiProblem.from(new Response("{broken", { status: 418, headers }));

  expect(problem).toMatchObject({ status: 418, code: "UNKNOWN", isOffline: false });
});
