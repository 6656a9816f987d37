import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { aFailedExecution, aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { page, sparseList } from "@/testing/responses";
import { ReservationListPage } from "./ReservationListPage";

test("holds can be listed with those that end first at the start, and only holds", async () => {
  const asked: string[] = [];
  renderWithProviders(
    <ReservationListPage />,
    ({ url }) => {
      if (url.includes("/admin/reservations")) asked.push(new URL(url).search);
      return page([aReservation()]);
    },
    { address: "/reservations?status=HELD" },
  );

  fireEvent.click(await screen.findByRole("checkbox", { name: "Ending first" }));

  await waitFor(() => expect(asked.at(-1)).toContain("status=HELD&sort=held_until"));
});

test("an order of the list is no filter: an empty list does not say that nothing matches", async () => {
  renderWithProviders(<ReservationListPage />, () => page([]), { address: "/reservations?sort=held_until" });

  await screen.findByText("There are no reservations yet");
});

test("a list of other reservations is not sorted by the end of holds", async () => {
  const asked: string[] = [];
  renderWithProviders(
    <ReservationListPage />,
    ({ url }) => {
      asked.push(url);
      return page([aReservation()]);
    },
    { address: "/reservations?status=RELEASED&sort=held_until" },
  );

  await screen.findByRole("link", { name: "order-1001" });
  expect(asked.some((url) => url.includes("sort="))).toBe(false);
  expect(screen.queryByRole("checkbox", { name: "Ending first" })).toBeNull();
});

test("the list offers to load more while nothing was found and there are more pages", async () => {
  renderWithProviders(<ReservationListPage />, (request) =>
    sparseList(request, aReservation({ reservation_id: "order-7" })),
  );

  await screen.findByText("Nothing found so far");
  fireEvent.click(screen.getByRole("button", { name: /^Load more/ }));

  await screen.findAllByText("order-7");
  expect(screen.queryByText("Nothing found so far")).toBeNull();
});

test("a search for an order whose execution failed leads to the failed executions", async () => {
  renderWithProviders(
    <ReservationListPage />,
    ({ url }) => page(url.includes("/admin/executions?status=FAILED&order_id=O%2F1002") ? [aFailedExecution()] : []),
    { address: "/reservations?search=O%2F1002" },
  );

  await screen.findByText("An execution of this order failed.");
  expect(screen.getByRole("link", { name: "Show it" }).getAttribute("href")).toBe("/executions?order_id=O%2F1002");
});

test("the link of a reservation has its execution's name, and its text the id that the shop sent", async () => {
  const reservation = aReservation({ reservation_id: "#1001/A", execution_name: "k-abc" });

  renderWithProviders(<ReservationListPage />, () => page([reservation]));

  const link = await screen.findByRole("link", { name: "#1001/A" });
  expect(link.getAttribute("href")).toBe("/reservation?reservation_id=%231001%2FA&execution_name=k-abc");
});
