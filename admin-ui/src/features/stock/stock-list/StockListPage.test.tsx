import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel, CURRENT } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { StockListPage } from "./StockListPage";

const levels = (names: readonly string[], total: number | null, more: object = {}) =>
  ok({
    items: names.map((name) => aLevel({ product_id: name, name })),
    total,
    cursor: null,
    read_model: CURRENT,
    ...more,
  });

const searchOf = ({ url }: Request) => new URL(url).searchParams.get("search");
const isList = ({ url }: Request) => new URL(url).pathname === "/admin/inventory";

function search(value: string) {
  fireEvent.change(screen.getByRole("searchbox", { name: "Find by product id or name" }), { target: { value } });
}

test("the total is shown, and with a filter out of how many it is", async () => {
  renderWithProviders(<StockListPage />, (request) =>
    searchOf(request) ? levels(["Tea Kettle"], 12) : levels(["Tea Kettle", "Pan"], 983),
  );
  await screen.findByText("983 levels", { selector: "p" });

  search("kettle");

  await screen.findByText("12 of 983 levels", { selector: "p" });
});

test("a total that is not known is not shown", async () => {
  renderWithProviders(<StockListPage />, () => levels(["Pan"], null));

  await screen.findByText("Pan", { selector: "a, a *" });
  expect(screen.queryByText(/\d levels?$/)).toBeNull();
});

test("while another filter loads, the old rows are dimmed and inert, and have no total under the new filter", async () => {
  let answer: ((response: Response) => void) | undefined;
  renderWithProviders(<StockListPage />, (request) => {
    if (!isList(request)) return problem(404, "ROUTE_NOT_FOUND");
    if (!searchOf(request)) return levels(["Pan"], 983);
    return new Promise<Response>((resolve) => {
      answer = resolve;
    });
  });
  await screen.findByText("983 levels", { selector: "p" });

  search("kettle");

  await waitFor(() => expect(screen.getByText("Pan", { selector: "a, a *" }).closest("tbody[inert]")).not.toBeNull());
  expect(document.querySelector("[aria-busy=true] table")).not.toBeNull();
  expect(screen.queryByText("983 levels", { selector: "p" })).toBeNull();

  answer?.(levels(["Tea Kettle"], 1));
  await screen.findByText("Tea Kettle", { selector: "a, a *" });
  expect(screen.queryByText("Pan")).toBeNull();
  expect(document.querySelector("[aria-busy=true]")).toBeNull();
});

test("without the read model, an order is refused with what still works, and one click shows that", async () => {
  renderWithProviders(
    <StockListPage />,
    ({ url }) => (url.includes("sort=") ? problem(409, "READ_MODEL_MISSING") : levels(["Pan"], null)),
    { address: "/stock?sort=available" },
  );
  await screen.findByText("The search index is being built");

  fireEvent.click(screen.getByRole("button", { name: "Show without search and order" }));

  await screen.findByText("Pan", { selector: "a, a *" });
});

test.each([
  ["STALE", /^This is up to \d+ minutes? old$|^This may be out of date$/],
  ["MISSING", "The search index is being built"],
  ["BEHIND", /totals and the order of lists can be out of date/],
] as const)("a list of a read model that is %s says so above its rows", async (state, sentence) => {
  renderWithProviders(<StockListPage />, () => levels(["Pan"], null, { read_model: { state, followed_until: null } }));

  await screen.findByText(sentence);
  await screen.findByText("Pan", { selector: "a, a *" });
});
