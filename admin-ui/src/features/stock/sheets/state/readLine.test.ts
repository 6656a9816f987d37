import { expect, test } from "vitest";

import { createApi } from "@/api/client/client";
import { ApiProblem } from "@/api/client/problem";
import { aLevel, aMovement } from "@/testing/factories";
import { page } from "@/testing/responses";
import { readLine } from "./readLine";
import { newSheet, withEntry } from "./sheet";

const HOUR_MS = 3_600_000;

/** A count of so many milliseconds ago, which is read only now. */
function read(age: number, respond: (url: URL) => Response) {
  const now = Date.now();
  const sheet = withEntry(newSheet("count", "main", new Date(now)), { product_id: "A", quantity: 9 }, now - age);
  const [line] = sheet.lines;
  if (!line) throw new Error("no line");
  const api = createApi("http://shop.example", (request) => Promise.resolve(respond(new URL(request.url))));
  return readLine(api, sheet, line);
}

const ago = (age: number) => new Date(Date.now() - age).toISOString();

test("a count that is read at once has the books of now", async () => {
  const reading = await read(0, () => page([aLevel({ on_hand: 7 })]));

  expect(reading).toMatchObject({ is_read: true, books: 7 });
});

test("a count that is read late has the books of its moment: those of now without the ledger since", async () => {
  const moved = (age: number, delta: number, warehouse_id = "main") =>
    aMovement({ moved_at: ago(age), delta, warehouse_id });
  const reading = await read(2 * HOUR_MS, ({ pathname, searchParams }) => {
    if (pathname === "/admin/levels") return page([aLevel({ on_hand: 7 })]);
    if (!searchParams.has("cursor")) return page([moved(60_000, -3), moved(HOUR_MS, -1, "north")], "next");
    return page([moved(HOUR_MS, 5), moved(3 * HOUR_MS, -100)], "last");
  });

  expect(reading.books).toBe(7 + 3 - 5);
});

test("the moment of a count is that of the API's clock, however wrong the browser's is", async () => {
  const ahead = HOUR_MS;
  const reading = await read(0, () => {
    const response = page([aLevel()]);
    response.headers.set("Date", new Date(Date.now() - ahead).toUTCString());
    return response;
  });

  expect(Math.abs(Date.parse(reading.as_of ?? "") - (Date.now() - ahead))).toBeLessThan(5_000);
});

test("a product that the warehouse does not have is known to be none", async () => {
  const elsewhere = await read(0, () => page([aLevel({ warehouse_id: "north" })]));
  const unknown = await read(0, () => {
    throw new ApiProblem({ status: 404, code: "PRODUCT_NOT_FOUND", title: "", detail: "" });
  });

  expect([elsewhere.level, unknown.level, unknown.is_read]).toEqual([null, null, true]);
});
