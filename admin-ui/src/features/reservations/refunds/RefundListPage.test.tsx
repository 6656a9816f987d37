import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { aRefund } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, page, problem } from "@/testing/responses";
import { RefundListPage } from "./RefundListPage";

/** Open the dialog of the only payment, and enter a reference. */
async function markReturned(reference: string) {
  fireEvent.click(await screen.findByRole("button", { name: "Mark payment PAY-77 as returned" }));
  const dialog = within(screen.getByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Reference of the refund"), { target: { value: reference } });
  fireEvent.click(dialog.getByRole("button", { name: "Mark returned" }));
  return dialog;
}

test("a payment to return is listed with its amount, its order and its reservation", async () => {
  renderWithProviders(<RefundListPage />, () => page([aRefund()]));

  await screen.findByText("49.90 EUR");
  expect(screen.getByText("PAY-77")).toBeDefined();
  const order = screen.getByRole("link", { name: "O 1001/7" });
  expect(order.getAttribute("href")).toBe("/timeline?order_id=O+1001%2F7");
});

test("a payment is marked as returned with the reference of its refund", async () => {
  const sent: unknown[] = [];
  renderWithProviders(<RefundListPage />, async (request) => {
    if (request.method === "GET") return page(sent.length > 0 ? [] : [aRefund()]);
    expect(new URL(request.url).pathname).toBe("/admin/reservations/order-1001/refunds");
    sent.push(await request.json());
    return ok(aRefund({ status: "RETURNED" }));
  });

  await markReturned(" REF/1 ");

  await screen.findByText("Payment PAY-77 is marked as returned.");
  await screen.findByText("No payment to return");
  expect(sent).toEqual([{ payment_reference: "PAY-77", reference: "REF/1" }]);
});

test("a payment that was returned under another reference is explained", async () => {
  renderWithProviders(<RefundListPage />, (request) =>
    request.method === "GET" ? page([aRefund()]) : problem(409, "REFUND_CONFLICT"),
  );

  const dialog = await markReturned("REF-2");

  await dialog.findByText("This payment was already marked as returned");
});

test("a reference is checked before it is sent", async () => {
  renderWithProviders(<RefundListPage />, (request) => {
    expect(request.method).toBe("GET");
    return page([aRefund()]);
  });

  const dialog = await markReturned("REF\u200B1");

  dialog.getByText("Remove the character U+200B, which cannot be seen or printed.");
});

test("a viewer sees the payments but cannot mark them", async () => {
  renderWithProviders(<RefundListPage />, () => page([aRefund()]), { role: "viewer" });

  await screen.findByText("PAY-77");
  expect(screen.queryByRole("button", { name: /^Mark payment/ })).toBeNull();
});
