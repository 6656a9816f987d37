import { expect, test } from "vitest";

import { durationMs, eventsOf, failureOf, knownState, type StateVisit, stepStatus } from "./timelineSteps";

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

test("a change of the lines follows the states that began before it", () => {
  const visits = ["10:15:00", "10:16:00"].map((time) => ({
    ...aVisit("AwaitPayment"),
    entered_at: `2026-11-22T${time}.000Z`,
  }));
  const changes = ["10:14:59", "10:15:00", "10:15:30", "10:17:00"].map((time) => ({
    at: `2026-11-22T${time}.000Z`,
    lines: [],
  }));

  const times = eventsOf({ history: visits, changes }).map((event) =>
    "visit" in event ? `state ${event.visit.entered_at.slice(14, 19)}` : event.change.at.slice(14, 19),
  );

  expect(times).toEqual(["14:59", "state 15:00", "15:00", "15:30", "state 16:00", "17:00"]);
  expect(eventsOf({ history: [], changes })).toHaveLength(4);
});
