import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { page, problem, sparseList } from "@/testing/responses";
import { Holds } from "./Holds";

test("a product's holds offer to load more while nothing was found and there are more pages", async () => {
  renderWithProviders(<Holds product_id="KIT-0001" />, (request) =>
    sparseList(request, aReservation({ reservation_id: "order-7" })),
  );

  await screen.findByText("Nothing found so far");
  fireEvent.click(screen.getByRole("button", { name: /^Load more/ }));

  await screen.findAllByText("order-7");
  expect(screen.queryByText("Nothing found so far")).toBeNull();
});

test("if one of the two lists cannot be read, the other one does not look complete", async () => {
  renderWithProviders(<Holds product_id="KIT-0001" />, ({ url }) =>
    url.includes("status=PAID") ? problem(403, "FORBIDDEN") : page([aReservation({ reservation_id: "order-7" })]),
  );

  await screen.findByText("order-7");
  await screen.findByText("You are not allowed to do this");
  expect(screen.getByRole("heading", { name: /^Active holds/ }).textContent).toBe("Active holds (1+)");
});
