import { fireEvent, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { Holds } from "@/features/stock/product-details/Holds";
import { aReservation } from "@/testing/factories";
import { answersPage, around } from "@/testing/renderWithProviders";
import { ReservationsPage } from "./ReservationListPage";

const LATER = 6; // more pages than one look goes through

/** A list whose first pages hold nothing that a filter leaves. */
function aSparseList(request: Request): Response {
  const page = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
  return page < LATER ? answersPage([], String(page + 1)) : answersPage([aReservation({ reservation_id: "order-7" })]);
}

test.each([
  ["the list of reservations", <ReservationsPage key="list" />],
  ["a product's holds", <Holds key="holds" product_id="KIT-0001" />],
])("%s offers to look on while nothing was found and there is more", async (_, list) => {
  render(list, { wrapper: around(aSparseList) });

  await screen.findByText("Nothing found so far");
  fireEvent.click(screen.getByRole("button", { name: /^Load more/ }));

  await screen.findAllByText("order-7");
  expect(screen.queryByText("Nothing found so far")).toBeNull();
});
