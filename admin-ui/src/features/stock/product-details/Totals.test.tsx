import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { LevelComparison } from "../levels/LevelComparison";
import { Totals } from "./Totals";

const levels = [aLevel({ on_hand: 20, allocated: 4 }), aLevel({ warehouse_id: "north", allocated: 3 })];

test("allocated units are shown while there are some", () => {
  renderWithProviders(
    <>
      <Totals levels={levels} />
      <LevelComparison label="Change" sides={levels.map((level) => ({ title: level.warehouse_id, level }))} />
    </>,
    () => new Response(),
  );

  expect(screen.getAllByText("Allocated")).toHaveLength(2);
  expect(screen.getByText("7")).toBeTruthy();
});

test("a shop that does not track dispatches sees nothing of allocated units", () => {
  const level = aLevel();
  renderWithProviders(
    <>
      <Totals levels={[level]} />
      <LevelComparison label="Change" sides={[{ title: "Now", level }]} />
    </>,
    () => new Response(),
  );

  expect(screen.queryByText("Allocated")).toBeNull();
});
