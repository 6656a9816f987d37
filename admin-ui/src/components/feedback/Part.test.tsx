import { render, screen } from "@testing-library/react";
import { test, vi } from "vitest";

import { Part } from "./Part";

function Broken(): never {
  throw new Error("this part does not load");
}

test("a part that fails leaves the others as they are", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React reports the error
  render(
    <>
      <Part>
        <Broken />
      </Part>
      <Part>the other part</Part>
    </>,
  );

  screen.getByText("This part does not load.");
  screen.getByText("the other part");
});
