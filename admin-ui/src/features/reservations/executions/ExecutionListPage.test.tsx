import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aFailedExecution } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, page } from "@/testing/responses";
import { ReservationDetailsPage } from "../reservation-details/ReservationDetailsPage";
import { ExecutionListPage } from "./ExecutionListPage";

test("the failed executions of an order are listed with their error and its cause", async () => {
  renderWithProviders(
    <ExecutionListPage />,
    ({ url }) => page(new URL(url).searchParams.get("order_id") === "O/1002" ? [aFailedExecution()] : []),
    { address: "/executions?order_id=O%2F1002" },
  );

  await screen.findByText("InvalidReservation");
  expect(screen.getByText("lines[0].quantity: must be at least 1")).toBeDefined();
  const link = screen.getByRole("link", { name: "order-1002" });
  expect(link.getAttribute("href")).toBe("/reservation?reservation_id=order-1002");
});

test("the page of a failed execution shows its error, its cause, its input and its link", async () => {
  const execution = {
    ...aFailedExecution(),
    execution_status: "FAILED",
    input: { order_id: "O/1002", lines: [{ product_id: "A/B", quantity: 0 }] },
    history: [],
    execution_console_url: "https://console.example/order-1002",
  };
  renderWithProviders(<ReservationDetailsPage />, () => ok(execution), {
    address: "/reservation?reservation_id=order-1002",
  });

  await screen.findByText("The execution failed: InvalidReservation");
  expect(screen.getByText("lines[0].quantity: must be at least 1")).toBeDefined();
  expect(screen.getByRole("region", { name: "Input" }).textContent).toContain('"product_id": "A/B"');
  expect(screen.getByRole("link", { name: /^Execution in the console/ }).getAttribute("href")).toContain("order-1002");
});
