import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { AttentionLevel } from "@/api/types";
import { anAttentionLevel, CURRENT } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, page, problem } from "@/testing/responses";
import RunningOut from "./RunningOut";

const attention = (items: readonly AttentionLevel[], more: object = {}) =>
  ok({ items, total: items.length, cursor: null, read_model: CURRENT, ...more });

test("levels are in the API's order, with how long they last, what they sell, and how many more there are", async () => {
  const urgent = anAttentionLevel({ product_id: "KIT-2", name: "Sold Pot", available: 0, days_of_cover: 0 });
  renderWithProviders(<RunningOut />, () => attention([urgent, anAttentionLevel()], { total: 1_289 }));

  await screen.findByText("Sold Pot");
  const rows = screen.getAllByRole("row").slice(1);
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining("Sold out2 sold a day"),
    expect.stringContaining("1 day2 sold a day"),
  ]);
  screen.getByText("(1,289)");
  screen.getByText("The 2 most urgent.");
});

test("a delivery is received without leaving the page", async () => {
  const sent: unknown[] = [];
  renderWithProviders(<RunningOut />, async (request) => {
    if (request.url.includes("/admin/attention")) return attention([anAttentionLevel()]);
    if (request.method === "GET") return page([anAttentionLevel()]);
    sent.push(await request.json());
    return ok(anAttentionLevel({ on_hand: 28 }));
  });

  fireEvent.click(await screen.findByRole("button", { name: "Receive units of Tea Kettle in main" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.change(dialog.getByLabelText("Units"), { target: { value: "24" } });
  fireEvent.change(dialog.getByLabelText("Note"), { target: { value: "delivery" } });
  fireEvent.click(dialog.getByRole("button", { name: "Adjust" }));

  await waitFor(() => expect(sent).toEqual([{ delta: 24, reason: "received: delivery" }]));
});

test("a threshold is set without leaving the page, and an invalid one is explained", async () => {
  const sent: unknown[] = [];
  renderWithProviders(<RunningOut />, async (request) => {
    if (request.method === "GET") return attention([anAttentionLevel()]);
    sent.push(await request.json());
    return ok(anAttentionLevel({ low_stock_threshold: 2 }));
  });
  fireEvent.click(await screen.findByRole("button", { name: "Edit the threshold of Tea Kettle in main" }));
  const dialog = within(await screen.findByRole("dialog"));
  const save = (threshold: string) => {
    fireEvent.change(dialog.getByLabelText("Threshold"), { target: { value: threshold } });
    fireEvent.click(dialog.getByRole("button", { name: "Save the threshold" }));
  };

  save("-1");
  await dialog.findByText("Enter a whole number from 0 to 1,000,000,000.");
  save("2");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toMatchObject([{ low_stock_threshold: 2, on_hand: 4 }]);
});

test("a viewer sees what runs out and cannot change it", async () => {
  renderWithProviders(<RunningOut />, () => attention([anAttentionLevel()]), { role: "viewer" });

  await screen.findByText("Tea Kettle");
  expect(screen.queryByRole("button", { name: /Receive|threshold/ })).toBeNull();
});

test("when it cannot be read, an error is shown, not that nothing runs out", async () => {
  renderWithProviders(<RunningOut />, () => problem(403, "FORBIDDEN"));

  await screen.findByText("You are not allowed to do this");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});

test("without the read model, a sentence says what still works", async () => {
  renderWithProviders(<RunningOut />, () => problem(409, "READ_MODEL_MISSING"));

  await screen.findByText("The search index is being built");
  screen.getByText(/The storefront and checkouts are not affected\.$/);
});

test("a list that was not read to its end is not reported as empty", async () => {
  renderWithProviders(<RunningOut />, () => attention([], { cursor: "a cursor" }));

  await screen.findByText("Nothing found so far");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});
