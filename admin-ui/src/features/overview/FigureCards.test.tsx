import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { expect, test } from "vitest";

import { anOverview } from "@/testing/factories";
import { FigureCards } from "./FigureCards";

const labels = () => screen.getAllByRole("link").map((link) => link.getAttribute("aria-label"));

test("screen readers hear that a figure of an incomplete overview is a minimum", () => {
  const overview = anOverview({ low_stock: 1_200 });

  const { rerender } = render(<FigureCards overview={overview} />, { wrapper: MemoryRouter });
  expect(labels()).toContain("Low stock: 1,200");

  rerender(<FigureCards overview={{ ...overview, is_complete: false }} />);
  expect(labels()).toContain("Low stock: 1,200+");
});

test("a figure that cannot be read says so, and the others are as usual", () => {
  const overview = { ...anOverview({ active: 4, unfulfilled: 2 }), stock: null, unavailable: ["stock" as const] };

  render(<FigureCards overview={overview} />, { wrapper: MemoryRouter });

  expect(labels()).toEqual(["Payments to return: 2", "Sold out: –", "Low stock: –", "Active holds: 4"]);
  expect(screen.getAllByText("Cannot be read at this moment")).toHaveLength(2);
});
