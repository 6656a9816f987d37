import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { aFailedExecution, aLine, anExecution, aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { CopyStory } from "./CopyStory";

const RESERVATION = {
  ...aReservation({ customer_id: "C-17-4711", payment_reference: "PAY-123456", order_id: "1001" }),
  refunds: [],
  changes: [],
  history: [{ state: "AwaitPayment", entered_at: "2026-11-22T10:15:00.000Z", left_at: null }],
  execution_console_url: "https://console.example/order-1001",
};

const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());

beforeEach(() => {
  writeText.mockClear();
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { clipboard: { writeText } }));
});

async function copied(): Promise<string> {
  fireEvent.click(screen.getByRole("button", { name: "Copy for a ticket" }));
  await waitFor(() => {
    expect(writeText).toHaveBeenCalled();
  });
  return writeText.mock.calls[0]?.[0] ?? "";
}

test("the story of a reservation has its facts, its timeline and its execution, redacted", async () => {
  renderWithProviders(<CopyStory found={RESERVATION} />, () => ok(anExecution()));

  const story = await copied();

  expect(story).toContain("## Reservation order-1001\n");
  expect(story).toContain("order_id: 1001\n");
  expect(story).toContain("2026-11-22T10:15:00.000Z AwaitPayment (not left)");
  expect(story).toContain("trace_id: 1-6741a4a4-1b3f0d0b9d5c4c3e8f7a6b5c");
  expect(story).toContain('input: {"order_id":"1001","customer_id":"…711"}');
  expect(story).not.toMatch(/C-17-4711|PAY-123456/);
  await screen.findByText(/^Copied\. Customers and payments are shortened/);
});

test("without its execution the story of a failed order is copied all the same", async () => {
  const failed = { ...aFailedExecution(), execution_status: "FAILED", input: null, history: [] } as const;
  renderWithProviders(<CopyStory found={{ ...failed, history: [], execution_console_url: "" }} />, () =>
    problem(403, "FORBIDDEN"),
  );

  const story = await copied();

  expect(story).toContain("cause: lines[0].quantity: must be at least 1");
  expect(story).toContain("## Timeline (UTC)\nno history available");
  expect(story).toContain("## Execution\ncould not be read");
});

test("a very long story is cut, and says so", async () => {
  const lines = Array.from({ length: 900 }, (_, number) => aLine({ product_id: `KIT-${number}` }));
  renderWithProviders(<CopyStory found={{ ...RESERVATION, lines }} />, () => ok(anExecution()));

  expect(await copied()).toMatch(/…\n\n\(cut after 20000 characters\)$/);
});
