import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { aFailedExecution, aLevel, aRefund, aReservation, searchResults } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { SearchResultsPage } from "./SearchResultsPage";

const address = "/search?query=1002";

test("results are listed by kind, each with its ids and a link to its page", async () => {
  renderWithProviders(
    <SearchResultsPage />,
    () =>
      ok(
        searchResults({
          levels: [aLevel()],
          reservations: [aReservation({ order_id: "1002" })],
          executions: [aFailedExecution()],
          refunds: [aRefund()],
        }),
      ),
    { address },
  );

  await screen.findByRole("heading", { name: /^Products/ });
  expect(screen.getByRole("link", { name: "order-1002" }).getAttribute("href")).toBe(
    "/reservation?reservation_id=order-1002",
  );
  screen.getByText("InvalidReservation · order O/1002");
  screen.getByText("49.90 EUR · order O 1001/7");
  screen.getByText("These are all 4 results");
});

test("more results are loaded behind an empty page, too", async () => {
  renderWithProviders(
    <SearchResultsPage />,
    ({ url }) =>
      ok(url.includes("cursor=") ? searchResults({ levels: [aLevel()] }) : searchResults({ cursor: "next" })),
    { address },
  );

  await screen.findByText("Nothing found so far");
  fireEvent.click(screen.getByRole("button", { name: "Show more" }));

  await screen.findByRole("link", { name: "Tea Kettle" });
});

test("a number of results that can grow says so, and how many are shown is announced", async () => {
  let isMore = true;
  renderWithProviders(
    <SearchResultsPage />,
    () => ok(searchResults({ levels: [aLevel()], cursor: isMore ? "next" : null })),
    { address },
  );

  expect((await screen.findByRole("heading", { name: /^Products/ })).textContent).toBe("Products (1+)");
  await screen.findAllByText("1 entry is shown"); // a moment later it is announced, too
  isMore = false;
  fireEvent.click(screen.getByRole("button", { name: "Show more" }));

  await screen.findByText("This is all: 1 result");
  expect(screen.getByRole("heading", { name: /^Products/ }).textContent).toBe("Products (1)");
});

test("nothing found is explained", async () => {
  renderWithProviders(<SearchResultsPage />, () => ok(searchResults()), { address });

  await screen.findByText("Nothing found for “1002”");
});

test("without the read model, the page says that only complete ids are found", async () => {
  renderWithProviders(
    <SearchResultsPage />,
    () => ok(searchResults({ read_model: { state: "MISSING", followed_until: null } })),
    { address },
  );

  await screen.findByText(/only complete ids are found/);
});

test("an error can be tried again", async () => {
  renderWithProviders(<SearchResultsPage />, () => problem(403, "FORBIDDEN"), { address });

  const error = within(await screen.findByRole("alert"));
  error.getByText("You are not allowed to do this");
  error.getByRole("button", { name: "Try again" });
});

test("one character is not sent", () => {
  renderWithProviders(<SearchResultsPage />, () => problem(400, "VALIDATION_FAILED"), { address: "/search?query=1" });

  screen.getByText("Enter an id, a part of one, or words of a product’s name");
});
