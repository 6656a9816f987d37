import { expect, test } from "vitest";

import { faultOf, knownState, stayMs, stepStatus, type Visit } from "./timelineSteps";

const aVisit = (state: string, left_at: string | null = "2026-11-22T10:15:02.500Z"): Visit => ({
  state,
  entered_at: "2026-11-22T10:15:00.000Z",
  left_at,
});

test("a state that was left is done, and one that was not is under way", () => {
  expect(stepStatus(aVisit("AwaitPayment"))).toBe("success");
  expect(stepStatus(aVisit("AwaitPayment", null))).toBe("in-progress");
});

test("an end without a sale is no success", () => {
  expect(stepStatus(aVisit("ReservationRejected"))).toBe("stopped");
  expect(stepStatus(aVisit("ReservationReleased"))).toBe("stopped");
  expect(stepStatus(aVisit("ReservationRescued"))).toBe("success");
});

test("a state in which the workflow gave up is an error that somebody must see", () => {
  const history = [aVisit("CommitStock"), aVisit("CommitNeedsAttention", null)];

  expect(history.map(stepStatus)).toEqual(["success", "error"]);
  expect(faultOf(history)).toBe("CommitNeedsAttention");
  expect(faultOf([aVisit("CommitStock")])).toBeUndefined();
});

test("a stay lasts until it was left, or until now", () => {
  const now = new Date("2026-11-22T10:16:00.000Z").getTime();

  expect(stayMs(aVisit("AwaitPayment"), now)).toBe(2_500);
  expect(stayMs(aVisit("AwaitPayment", null), now)).toBe(60_000);
});

test("a state that came later than the page is not known", () => {
  expect(knownState("CommitStock")).toBe("CommitStock");
  expect(knownState("TeleportStock")).toBeUndefined();
});
