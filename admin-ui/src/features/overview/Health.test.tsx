import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Books } from "@/api/types";
import { aHealth } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import Health from "./Health";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000 - 5_000).toISOString();

function books(content: Partial<Books>): Books {
  return { ...aHealth().books, checked_at: minutesAgo(12), ...content };
}

function show(health: Parameters<typeof aHealth>[0]) {
  renderWithProviders(<Health />, () => ok(aHealth(health)));
}

test("books that agree say when they were checked", async () => {
  show({ books: books({}) });

  await screen.findByText("The books agree, checked 12 minutes ago");
  screen.getByText("No alarm is on");
});

test("each difference says what differs, with a link to its product", async () => {
  const level = { kind: "LEVEL", product_id: "A/B", warehouse_id: "main", customer_id: null } as const;
  const first = [{ ...level, what: ["20 on hand, but its movements add up to 19"] }];
  show({ books: books({ state: "DIFFER", differences: 3, first, unsure: 1 }) });

  await screen.findByText("3 differences in the books, checked 12 minutes ago");
  expect(screen.getByRole("link", { name: "A/B" }).getAttribute("href")).toBe("/product?product_id=A%2FB");
  expect(screen.getByRole("listitem").textContent).toBe("A/B (main): 20 on hand, but its movements add up to 19");
  screen.getByText("The first 1 of 3.");
  screen.getByText(/^1 level or customer changed all the time/);
});

test.each([
  [{ checked_at: null, is_complete: false }, "There is no result of a comparison. One runs every hour."],
  [{ checked_at: minutesAgo(300) }, "The last comparison was 5 hours ago. One should run every hour."],
  [{ is_complete: false }, /^The last comparison, 12 minutes ago, found no difference but had no time for everything/],
] as const)("books of which nothing is known say why: %j", async (content, why) => {
  show({ books: books({ state: "UNKNOWN", ...content }) });

  await screen.findByText("It is not known whether the books agree");
  screen.getByText(why);
});

test("an alarm that is on says since when, why and what to do", async () => {
  const alarm = {
    name: "StockDriftAlarm",
    since: "2026-11-22T10:04:10.000Z",
    description: "The counters do not match.",
    runbook: "docs/operations.md#stock-drift",
    console_url: "https://console.example/alarm",
  };
  show({ alarms: { state: "ALARM", on: [alarm] } });

  await screen.findByText("1 alarm is on");
  expect(screen.getByRole("link", { name: /^StockDriftAlarm/ }).getAttribute("href")).toBe(alarm.console_url);
  screen.getByText(/The counters do not match\./);
  screen.getByText(/What to do: docs\/operations\.md#stock-drift/);
});

test("a state that could not be read again says as of when it is, and why", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  let isRefused = false;
  renderWithProviders(<Health />, () => (isRefused ? problem(403, "FORBIDDEN") : ok(aHealth())));
  await screen.findByText("No alarm is on");
  isRefused = true;
  await vi.advanceTimersByTimeAsync(61_000);

  await screen.findByText(/^As of .* failed: You are not allowed to do this\.$/);
  screen.getByText("No alarm is on");
  isRefused = false;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));

  await waitFor(() => expect(screen.queryByText(/^As of/)).toBeNull());
  vi.useRealTimers();
});

test("a check of a moment ago is not in the future if the browser's clock is behind", async () => {
  show({ books: books({ checked_at: new Date(Date.now() + 120_000).toISOString() }) });

  await screen.findByText("The books agree, checked now");
});

test("alarms that cannot be read say where to look", async () => {
  show({ alarms: { state: "UNKNOWN", on: [] } });

  await screen.findByText("It is not known whether an alarm is on");
  screen.getByText(/Look at them in CloudWatch/);
});
