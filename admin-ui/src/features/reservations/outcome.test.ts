import { expect, test } from "vitest";

import { aReservation } from "@/testing/factories";
import { endingOf, unitsOf } from "./outcome";

test("what is held or paid is not over", () => {
  expect(endingOf(aReservation({ status: "HELD" }))).toBeNull();
  expect(endingOf(aReservation({ status: "PAID" }))).toBeNull();
});

test("a sale that a late payment saved is told apart from one in time", () => {
  expect(endingOf(aReservation({ status: "COMMITTED" }))).toBe("SOLD");
  expect(endingOf(aReservation({ status: "COMMITTED", rescued: true }))).toBe("RESCUED");
});

test("a customer who held enough is told apart from too little stock", () => {
  expect(endingOf(aReservation({ status: "REJECTED" }))).toBe("REJECTED");
  expect(endingOf(aReservation({ status: "REJECTED", reason: "HOLD_LIMIT_REACHED" }))).toBe("HOLD_LIMIT");
});

test("a release by hand is told apart from a shopper's cancellation", () => {
  const cancelled = { status: "RELEASED", reason: "CANCELLED" } as const;

  expect(endingOf(aReservation(cancelled))).toBe("CANCELLED");
  expect(endingOf(aReservation({ ...cancelled, released_by: "anna" }))).toBe("BY_HAND");
});

test("a payment that bought nothing says what had ended the hold before", () => {
  expect(endingOf(aReservation({ status: "UNFULFILLED", reason: "EXPIRED" }))).toBe("LATE_EXPIRED");
  expect(endingOf(aReservation({ status: "UNFULFILLED", reason: "PAYMENT_FAILED" }))).toBe("LATE_PAYMENT_FAILED");
});

test("units are counted over all lines", () => {
  const line = { product_id: "KIT-0001", warehouse_id: "main" };

  expect(unitsOf([])).toBe(0);
  expect(
    unitsOf([
      { ...line, quantity: 2 },
      { ...line, quantity: 3 },
    ]),
  ).toBe(5);
});
