import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { answersPage, around, refuses } from "@/testing/renderWithProviders";
import RunningOut from "./RunningOut";

const asksFor = (status: string, request: Request) => new URL(request.url).searchParams.get("status") === status;

test("sold-out levels come before low ones", async () => {
  const levels = {
    soldOut: aLevel({ product_id: "KIT-2", name: "Sold Pot", status: "OUT_OF_STOCK", available: 0 }),
    low: aLevel({ product_id: "KIT-1", name: "Rare Pan", status: "LOW_STOCK" }),
  };
  render(<RunningOut />, {
    wrapper: around((request) => answersPage([asksFor("LOW_STOCK", request) ? levels.low : levels.soldOut])),
  });

  await screen.findByText("Rare Pan");
  expect(screen.getAllByRole("link").map((link) => link.textContent)).toEqual(["Sold Pot", "Rare Pan"]);
});

test.each(["LOW_STOCK", "OUT_OF_STOCK"])("when %s cannot be read nobody is told that all is well", async (status) => {
  render(<RunningOut />, {
    wrapper: around((request) => (asksFor(status, request) ? refuses(403, "FORBIDDEN") : answersPage([]))),
  });

  await screen.findByText("You may not do this");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});

test("what was not looked through to its end is not said to hold nothing", async () => {
  render(<RunningOut />, { wrapper: around(() => answersPage([], "further on")) });

  await screen.findByText("Nothing found so far");
  expect(screen.queryByText("Nothing is running out")).toBeNull();
});
