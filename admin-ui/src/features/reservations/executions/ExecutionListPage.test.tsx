import { act, fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { aFailedExecution, anExecution, aReservation } from "@/testing/factories";
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
  expect(screen.getByText(/^To do: correct in the checkout service what the cause names/)).toBeDefined();
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

test("the execution is read when its section is opened, and shows its input, its output and where to look", async () => {
  const calls: string[] = [];
  const execution = { ...aFailedExecution(), execution_status: "FAILED", input: null, history: [] };
  renderWithProviders(
    <ReservationDetailsPage />,
    ({ url }) => {
      const { pathname } = new URL(url);
      calls.push(pathname);
      return ok(pathname.endsWith("/execution") ? anExecution() : { ...execution, execution_console_url: "" });
    },
    { address: "/reservation?reservation_id=order-1002" },
  );
  await screen.findByText("The execution failed: InvalidReservation");
  expect(calls.filter((path) => path.endsWith("/execution"))).toEqual([]);

  fireEvent.click(screen.getByRole("button", { name: "Execution, input and output" }));

  await screen.findByText("1-6741a4a4-1b3f0d0b9d5c4c3e8f7a6b5c");
  expect(screen.getByRole("region", { name: "Output" }).textContent).toContain('"status": "COMMITTED"');
  for (const name of ["Execution", "Logs", "Trace", "Dashboard"])
    expect(screen.getByRole("link", { name: new RegExp(`^${name}`) }).getAttribute("href")).toMatch(/console\.example/);
});

test("an execution that runs is read again only while it is about to end", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const reading = { status: "HELD", execution: "RUNNING", calls: 0 };
  const row = { refunds: [], changes: [], history: [], execution_console_url: "" };
  renderWithProviders(
    <ReservationDetailsPage />,
    ({ url }) => {
      const { pathname } = new URL(url);
      if (pathname === "/admin/levels") return page([]);
      if (!pathname.endsWith("/execution"))
        return ok({ ...aReservation({ status: "HELD" }), ...row, status: reading.status });
      reading.calls++;
      return ok(anExecution({ status: reading.execution }));
    },
    { address: "/reservation?reservation_id=order-1001" },
  );
  fireEvent.click(await screen.findByRole("button", { name: "Execution, input and output" }));
  await screen.findByText("Running");

  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(reading.calls).toBe(1);
  reading.status = "COMMITTED";
  await act(() => vi.advanceTimersByTimeAsync(20_000));
  expect(reading.calls).toBeGreaterThan(1);
  reading.execution = "SUCCEEDED";
  await act(() => vi.advanceTimersByTimeAsync(15_000));

  screen.getByText("Succeeded");
  const { calls } = reading;
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(reading.calls).toBe(calls);
  vi.useRealTimers();
});
