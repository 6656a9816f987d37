import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { KNOWN_ERRORS, whatToDoAbout, whatToDoWithoutReservation } from "./whatToDo";

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

test.each([
  [{ error: "InvalidReservation", status: "FAILED" }, "InvalidReservation"],
  [{ error: null, status: "ABORTED" }, "no_reservation"],
  [{ error: "ReleaseNeedsAttention", status: "FAILED" }, "no_reservation"],
  [{ error: "States.Runtime", status: "FAILED" }, "no_reservation"],
] as const)("nobody is sent to a reservation that does not exist: %j", (failed, toDo) => {
  expect(whatToDoWithoutReservation(failed)).toBe(toDo);
});
