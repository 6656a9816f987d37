import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { Levels } from "./Levels";

const plain = aLevel({ warehouse_id: "north" });

test.each([
  ["a level is spread", { shards: 8, shards_wanted: 8 }],
  ["a level is about to be spread", { shards: 1, shards_wanted: 4 }],
])("the number of shards is shown where %s", (_, shards) => {
  renderWithProviders(<Levels levels={[plain, aLevel(shards)]} />, () => new Response());

  expect(screen.getByRole("columnheader", { name: "Shards" })).toBeTruthy();
});

test("a product whose levels are not spread has no column of shards", () => {
  renderWithProviders(<Levels levels={[plain, aLevel()]} />, () => new Response());

  expect(screen.queryByRole("columnheader", { name: "Shards" })).toBeNull();
});
