import { expect, test } from "vitest";

import { durationMs, failureOf, knownState, type StateVisit, stepStatus } from "./timelineSteps";

const aVisit = (state: string, left_at: string | null = "2026-11-22T10:15:02.500Z"): StateVisit => ({
  state,
  entered_at: "2026-11-22T10:15:00.000Z",
  left_at,
});

test("a state that the execution left is a success, and its current state is in progress", () => {
  expect(stepStatus(aVisit("AwaitPayment"))).toBe("success");
  expect(stepStatus(aVisit("AwaitPayment", null))).toBe("in-progress");
});

test("an end without a sale is not a success", () => {
  expect(stepStatus(aVisit("ReservationRejected"))).toBe("stopped");
  expect(stepStatus(aVisit("ReservationReleased"))).toBe("stopped");
  expect(stepStatus(aVisit("ReservationRescued"))).toBe("success");
});

test("a state in which the workflow failed is an error", () => {
  const history = [aVisit("CommitStock"), aVisit("CommitNeedsAttention", null)];

  expect(history.map(stepStatus)).toEqual(["success", "error"]);
  expect(failureOf(history)).toBe("CommitNeedsAttention");
  expect(failureOf([aVisit("CommitStock")])).toBeUndefined();
});

test("the duration of a state ends when the execution left it, or now", () => {
  const now = new Date("2026-11-22T10:16:00.000Z").getTime();

  expect(durationMs(aVisit("AwaitPayment"), now)).toBe(2_500);
  expect(durationMs(aVisit("AwaitPayment", null), now)).toBe(60_000);
});

test("a state that is newer than the page is unknown", () => {
  expect(knownState("CommitStock")).toBe("CommitStock");
  expect(knownState("TeleportStock")).toBeUndefined();
});
