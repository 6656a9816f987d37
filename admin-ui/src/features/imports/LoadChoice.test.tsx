import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { LoadChoice, type LoadMode } from "./LoadChoice";

test("a file that sets many levels to 0 is loaded only after this is confirmed", () => {
  const loaded: LoadMode[] = [];
  render(
    <LoadChoice fileName="a.csv" hasProblems={false} zeros={7} isBusy={false} onLoad={(mode) => loaded.push(mode)} />,
  );

  fireEvent.click(screen.getByRole("button", { name: "Load the file" }));
  screen.getByText("Confirm this, or correct the file.");
  expect(loaded).toEqual([]);

  fireEvent.click(screen.getByRole("checkbox", { name: "Yes, set 7 levels to 0" }));
  fireEvent.click(screen.getByRole("button", { name: "Load the file" }));
  expect(loaded).toEqual(["ALL_OR_NONE"]);
});
