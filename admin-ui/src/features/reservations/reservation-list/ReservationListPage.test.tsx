import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aFailedExecution, aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { page, sparseList } from "@/testing/responses";
import { ReservationListPage } from "./ReservationListPage";

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
