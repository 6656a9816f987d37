import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";

import { SearchField } from "./SearchField";

function rendered(initial: string) {
  const searches: string[] = [];
  function Page() {
    const [value, setValue] = useState(initial);
    return (
      <SearchField
        value={value}
        label="Find"
        onChange={(search) => {
          searches.push(search);
          setValue(search);
        }}
      />
    );
  }
  render(<Page />);
  const field = screen.getByRole("searchbox", { name: "Find" });
  return { searches, field, type: (value: string) => fireEvent.change(field, { target: { value } }) };
}

test("one character is no search, and the field says so", async () => {
  const { searches, field, type } = rendered("kettle");

  type("k");

  screen.getByText("Enter at least 2 characters.");
  await waitFor(() => expect(searches).toEqual([""])); // the rows are no longer those of the old search
  expect(field).toHaveProperty("value", "k");
});

test("from two characters on, the search begins when the user pauses", async () => {
  const { searches, type } = rendered("");

  type("k");
  type(" ke ");

  await waitFor(() => expect(searches).toEqual(["ke"]));
  expect(screen.queryByText("Enter at least 2 characters.")).toBeNull();
});
