import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { BusyList } from "./BusyList";

const list = (isBusy: boolean) => (
  <BusyList isBusy={isBusy} announcement="983 levels">
    <input aria-label="Search" />
    <table>
      <tbody>
        <tr>
          <td>
            <button type="button">Change</button>
          </td>
        </tr>
      </tbody>
    </table>
  </BusyList>
);

test("while other rows load, nobody can act on the old ones, and the filters keep working", () => {
  const { container, rerender } = render(list(true));

  expect(container.querySelector("[aria-busy=true] tbody")?.hasAttribute("inert")).toBe(true);
  expect(screen.getByRole("textbox", { name: "Search" }).closest("[inert]")).toBeNull();
  screen.getByText("Loading");

  rerender(list(false));
  expect(container.querySelector("[inert], [aria-busy=true]")).toBeNull();
  screen.getByText("983 levels");
});
