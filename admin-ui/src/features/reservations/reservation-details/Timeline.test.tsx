import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { sparseList } from "@/testing/responses";
import { Timeline } from "./Timeline";

test("the timeline shows each change of the lines, with the units before and after", () => {
  const lines = [
    { product_id: "KIT-0001", warehouse_id: null, before: 2, after: 3 },
    { product_id: "KIT-0002", warehouse_id: "outlet", before: 0, after: 1 },
  ];
  const details = {
    ...aReservation(),
    refunds: [],
    changes: [{ at: "2026-11-22T10:15:03.000Z", lines }],
    history: [{ state: "AwaitPayment", entered_at: "2026-11-22T10:15:00.000Z", left_at: null }],
    execution_console_url: "https://console.example/order-1001",
  };
  renderWithProviders(<Timeline details={details} />, (request) => sparseList(request, aReservation()));

  const [wait, change] = screen.getAllByRole("listitem").map(({ textContent }) => textContent);
  expect(wait).toContain("Wait for the payment");
  expect(change).toContain("Lines changed");
  expect(change).toContain("KIT-0001: from 2 to 3");
  expect(change).toContain("KIT-0002 (outlet): from 0 to 1");
});

test.each([
  [{ status: "RELEASED", reason: "EXPIRED" }, "Wait for the payment: expired"],
  [{ status: "RELEASED", reason: "CANCELLED" }, "Wait for the payment: cancelled"],
  [{ status: "COMMITTED" }, "Wait for the payment: paid"],
] as const)("the timeline of %j says what ended the wait", (reservation, header) => {
  const left_at = "2026-11-22T10:30:00.000Z";
  const details = {
    ...aReservation(reservation),
    refunds: [],
    changes: [],
    history: [{ state: "AwaitPayment", entered_at: "2026-11-22T10:15:00.000Z", left_at }],
    execution_console_url: "https://console.example/order-1001",
  };
  renderWithProviders(<Timeline details={details} />, (request) => sparseList(request, aReservation()));

  expect(screen.getByRole("listitem").textContent).toContain(header);
});
