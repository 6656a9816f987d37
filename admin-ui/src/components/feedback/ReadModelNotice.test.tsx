import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { ReadModelNotice } from "./ReadModelNotice";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

test("a current read model needs no words", () => {
  const { container } = render(<ReadModelNotice state={{ state: "CURRENT", followed_until: minutesAgo(0) }} />);

  expect(container.textContent).toBe("");
});

test("a stale one says how old the list is at most, and that shoppers notice nothing", () => {
  render(<ReadModelNotice state={{ state: "STALE", followed_until: minutesAgo(11.5) }} />);

  screen.getByText("This is up to 12 minutes old");
  screen.getByText(/The storefront and checkouts are not affected/);
});

test.each([
  ["STALE", "This may be out of date"],
  ["MISSING", "The search index is being built"],
] as const)("a read model that is %s and whose time is not known is explained", (state, sentence) => {
  render(<ReadModelNotice state={{ state, followed_until: null }} />);

  screen.getByText(sentence);
});

test("one that is behind says what is late", () => {
  render(<ReadModelNotice state={{ state: "BEHIND", followed_until: minutesAgo(0) }} />);

  screen.getByText(/the order of lists can be out of date/);
});
