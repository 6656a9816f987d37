import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { page, problem } from "@/testing/responses";
import RunningOut from "./RunningOut";

const asksFor = (status: string, request: Request) => new URL(request.url).searchParams.get("status") === status;

test("sold-out levels come before low ones", async () => {
  const levels = {
    soldOut: aLevel({ product_id: "KIT-2", name: "Sold Pot", status: "OUT_OF_STOCK", available: 0 }),
    low: aLevel({ product_id: "KIT-1", name: "Rare Pan", status: "LOW_STOCK" }),
  };
  renderWithProviders(<RunningOut />, (request) => page([asksFor("LOW_STOCK", request) ? levels.low : levels.soldOut]));

  await screen.findByText("Rare Pan");
  expect(screen.getAllByRole("link").map((link) => link.textContent)).toEqual(["Sold Pot", "Rare Pan"]);
});

test.each(["LOW_STOCK", "OUT_OF_STOCK"])("when %s cannot be read, an error is shown", async (status) => {
  renderWithProviders(<RunningOut />, (request) => (asksFor(status, request) ? problem(403, "FORBIDDEN") : page([])));

  await screen.findByText("You are not allowed to do this");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});

test("a list that was not read to its end is not reported as empty", async () => {
  renderWithProviders(<RunningOut />, () => page([], "a cursor"));

  await screen.findByText("Nothing found so far");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});
