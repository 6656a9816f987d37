import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Reservation } from "@/api/types";
import { aLine, aReservation } from "@/testing/factories";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { sparseList } from "@/testing/responses";
import { Lines } from "./Lines";

function showLines(content: Partial<Reservation>) {
  renderWithProviders(<Lines reservation={aReservation(content)} />, (request) => sparseList(request, aReservation()));
}

/** The cell of a product's warehouses. */
function warehousesOf(product_id: string): HTMLElement {
  const row = screen.getByRole("row", { name: new RegExp(product_id) });
  const [warehouses] = within(row).getAllByRole("cell");
  if (!warehouses) throw new Error(`no cell of ${product_id}`);
  return warehouses;
}

test("a line that is split shows what each warehouse gives, and others their warehouse", () => {
  const sources = [
    { warehouse_id: "main", quantity: 2 },
    { warehouse_id: "outlet", quantity: 1 },
  ];
  showLines({ lines: [aLine({ product_id: "SPLIT", quantity: 3, sources }), aLine({ product_id: "WHOLE" })] });

  expect(warehousesOf("SPLIT").textContent).toBe("main × 2outlet × 1");
  expect(warehousesOf("WHOLE").textContent).toBe("main");
});

test("a reservation that is held in part shows what was asked and what is held, and the lines of which nothing is", () => {
  const lines = [aLine({ product_id: "SHORT", quantity: 14 }), aLine({ product_id: "WHOLE", quantity: 1 })];
  const shortages = [
    { product_id: "GONE", warehouse_id: "north", requested: 2, available: 0 },
    { product_id: "SHORT", warehouse_id: null, requested: 20, available: 14 },
  ];
  showLines({ status: "COMMITTED", lines, shortages });

  expect(screen.getByText("Held in part: 15 of 23 units")).toBeTruthy();
  expect(screen.getAllByRole("columnheader").map((header) => header.textContent)).toEqual([
    "Product",
    "Warehouse",
    "Asked",
    "Held",
  ]);
  const cellsOf = (product_id: string) =>
    within(screen.getByRole("row", { name: new RegExp(product_id) }))
      .getAllByRole("cell")
      .map((cell) => cell.textContent);
  expect(cellsOf("SHORT")).toEqual(["main", "20", "14"]);
  expect(cellsOf("WHOLE")).toEqual(["main", "1", "1"]);
  expect(cellsOf("GONE")).toEqual(["north", "2", "0"]);
});

test("a rejected line shows the warehouse that was asked, and its own shortage", () => {
  const lines = [
    aLine({ product_id: "ANY", sources: [] }),
    aLine({ product_id: "NAMED", warehouse_id: "north", sources: [] }),
  ];
  const shortages = [{ product_id: "ANY", warehouse_id: null, requested: 1, available: 0 }];
  showLines({ status: "REJECTED", lines, shortages });

  expect(warehousesOf("ANY").textContent).toBe("Any");
  expect(warehousesOf("NAMED").textContent).toBe("north");
  expect(within(screen.getByRole("row", { name: /NAMED/ })).getByText("Enough")).toBeTruthy();
  expect(within(screen.getByRole("row", { name: /ANY/ })).queryByText("Enough")).toBeNull();
});
