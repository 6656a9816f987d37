import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { KNOWN_ERRORS, whatToDoAbout } from "./whatToDo";

test("every error of the workflow has its own text", () => {
  const definition = readFileSync("../statemachines/reservation.asl.yaml", "utf8");
  const errors = [...definition.matchAll(/^ {4}Error: (\w+)$/gm)].map(([, error]) => error);

  expect(errors.toSorted()).toEqual([...KNOWN_ERRORS].toSorted());
});

test.each([
  [{ error: "CommitNeedsAttention", status: "FAILED" }, "CommitNeedsAttention"],
  [{ error: null, status: "ABORTED" }, "ABORTED"],
  [{ error: "States.Timeout", status: "TIMED_OUT" }, "TIMED_OUT"],
  [{ error: "States.Runtime", status: "FAILED" }, "other"],
] as const)("what to do about %j", (failed, toDo) => {
  expect(whatToDoAbout(failed)).toBe(toDo);
});
