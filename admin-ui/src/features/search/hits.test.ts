import { expect, test } from "vitest";

import { aFailedExecution, aLevel, aRefund, aReservation, searchResults } from "@/testing/factories";
import { bestPage, hitsOf } from "./hits";

test("a product is found once, however many warehouses it is in", () => {
  const levels = ["main", "outlet"].map((warehouse_id) => aLevel({ warehouse_id }));

  expect(hitsOf(searchResults({ levels }))).toMatchObject([
    { label: "Tea Kettle", description: "KIT-0001 · kitchen", to: "/product?product_id=KIT-0001" },
  ]);
});

test.each([
  [
    "a product",
    { levels: [aLevel(), aLevel({ product_id: "KIT-00010" })] },
    "kit-0001",
    "/product?product_id=KIT-0001",
  ],
  [
    "a reservation",
    { reservations: [aReservation({ reservation_id: "order-10" }), aReservation({ reservation_id: "order-1" })] },
    "ORDER-1",
    "/reservation?reservation_id=order-1",
  ],
  [
    "a failed execution",
    { executions: [aFailedExecution()], reservations: [aReservation()] },
    "order-1002",
    "/reservation?reservation_id=order-1002",
  ],
  [
    "a payment to return",
    { refunds: [aRefund(), aRefund({ payment_reference: "PAY-771" })] },
    "pay-77",
    "/reservation?reservation_id=order-1001",
  ],
  [
    "the only reservation of an order",
    { reservations: [aReservation({ order_id: "1001" }), aReservation({ reservation_id: "x", order_id: "10010" })] },
    "1001",
    "/reservation?reservation_id=order-1001",
  ],
  [
    "an order with several reservations",
    { reservations: ["a", "b"].map((reservation_id) => aReservation({ reservation_id, order_id: "1001" })) },
    "1001",
    "/timeline?order_id=1001",
  ],
  [
    "a customer",
    { reservations: ["a", "b"].map((reservation_id) => aReservation({ reservation_id, customer_id: "C-17" })) },
    "c-17",
    "/timeline?customer_id=C-17",
  ],
  [
    "the product with exactly this id, not the one that has it in another case",
    { levels: [aLevel({ product_id: "KIT-1" }), aLevel({ product_id: "kit-1" })] },
    "kit-1",
    "/product?product_id=kit-1",
  ],
  [
    "the order with exactly this id, not the product that has it in another case",
    { levels: [aLevel({ product_id: "A-1" })], reservations: [aReservation({ order_id: "a-1" })] },
    "a-1",
    "/reservation?reservation_id=order-1001",
  ],
  ["the only thing that was found", { levels: [aLevel()] }, "kettle", "/product?product_id=KIT-0001"],
])("Enter goes to %s", (_, found, query, page) => {
  expect(bestPage(searchResults(found), query)).toBe(page);
});

test("Enter lists the results if there are several, or perhaps more", () => {
  const several = { levels: [aLevel(), aLevel({ product_id: "KIT-0002" })] };

  expect(bestPage(searchResults(several), "kettle")).toBeNull();
  expect(bestPage(searchResults({ levels: [aLevel()], cursor: "more" }), "kettle")).toBeNull();
  expect(bestPage(searchResults(), "kettle")).toBeNull();
});
