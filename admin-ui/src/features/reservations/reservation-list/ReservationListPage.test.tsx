import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { sparseList } from "@/testing/responses";
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
