import { expect, test } from "vitest";

import { aReservation } from "@/testing/factories";
import { endOfWait, outcomeOf } from "./outcome";

test("a held or paid reservation has no outcome yet", () => {
  expect(outcomeOf(aReservation({ status: "HELD" }))).toBeNull();
  expect(outcomeOf(aReservation({ status: "PAID" }))).toBeNull();
});

test("a sale rescued by a late payment differs from a sale that was paid in time", () => {
  expect(outcomeOf(aReservation({ status: "COMMITTED" }))).toBe("SOLD");
  expect(outcomeOf(aReservation({ status: "COMMITTED", rescued: true }))).toBe("RESCUED");
});

test("a rejection because of the hold limit differs from too little stock", () => {
  expect(outcomeOf(aReservation({ status: "REJECTED" }))).toBe("REJECTED");
  expect(outcomeOf(aReservation({ status: "REJECTED", reason: "HOLD_LIMIT_REACHED" }))).toBe("HOLD_LIMIT");
});

test("a release by a manager differs from a cancellation by the shopper", () => {
  const cancelled = { status: "RELEASED", reason: "CANCELLED" } as const;

  expect(outcomeOf(aReservation(cancelled))).toBe("CANCELLED");
  expect(outcomeOf(aReservation({ ...cancelled, released_by: "anna" }))).toBe("BY_HAND");
});

test("the outcome of a payment that bought nothing names what had ended the hold before", () => {
  expect(outcomeOf(aReservation({ status: "UNFULFILLED", reason: "EXPIRED" }))).toBe("LATE_EXPIRED");
  expect(outcomeOf(aReservation({ status: "UNFULFILLED", reason: "PAYMENT_FAILED" }))).toBe("LATE_PAYMENT_FAILED");
});

test.each([
  [{ status: "HELD" }, null],
  [{ status: "REJECTED" }, null],
  [{ status: "PAID" }, "PAID"],
  [{ status: "COMMITTED" }, "PAID"],
  [{ status: "COMMITTED", rescued: true, reason: "EXPIRED" }, "EXPIRED"],
  [{ status: "RELEASED", reason: "CANCELLED" }, "CANCELLED"],
  [{ status: "RELEASED", reason: "CANCELLED", released_by: "anna" }, "BY_HAND"],
  [{ status: "UNFULFILLED", reason: "PAYMENT_FAILED" }, "PAYMENT_FAILED"],
] as const)("the wait of %j ended: %s", (reservation, end) => {
  expect(endOfWait(aReservation(reservation))).toBe(end);
});
