import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { aLevel } from "@/testing/factories";
import { FakeShop } from "@/testing/FakeShop";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { problem } from "@/testing/responses";
import { CountPage, ReceivePage } from "./SheetPage";

function scan(...entries: readonly string[]) {
  for (const entry of entries) {
    const field = screen.getByLabelText("Product and units");
    fireEvent.change(field, { target: { value: entry } });
    fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
  }
}

function paste(list: string) {
  fireEvent.paste(screen.getByLabelText("Product and units"), { clipboardData: { getData: () => list } });
}

async function reviewed(button: string) {
  fireEvent.click(await waitFor(() => enabled(button)));
  await screen.findByRole("dialog");
}

function enabled(name: string): HTMLElement {
  const button = screen.getByRole("button", { name });
  if (button.getAttribute("aria-disabled") === "true" || button.hasAttribute("disabled")) throw new Error(name);
  return button;
}

const apply = () => fireEvent.click(screen.getByRole("button", { name: "Apply" }));

test("what is scanned is shown with its name and its effect, and added once under one reference", async () => {
  const shop = new FakeShop();
  renderWithProviders(<ReceivePage />, shop.respond);

  scan("A", "A", "B 12");
  await screen.findByText("Tea Kettle");
  await screen.findByText("12 → 14 (", { exact: false });
  await reviewed("Review 2 lines");
  screen.getByText("2 products, +14 units.");
  fireEvent.change(screen.getByLabelText("Reference (optional)"), { target: { value: "LS 4711" } });
  apply();

  await screen.findByText("Applied under LS 4711");
  const content = { reason: "received", reference: "LS 4711" };
  expect([...shop.adjustments.values()]).toEqual([
    { delta: 12, ...content },
    { delta: 2, ...content },
  ]);
});

test("a reload while the network is lost applies nothing twice", async () => {
  const shop = new FakeShop();
  shop.lostAnswers = 1;
  const first = renderWithProviders(<ReceivePage />, shop.respond);
  scan("A 3");
  await reviewed("Review 1 line");
  apply();
  await vi.waitUntil(() => shop.adjustments.size === 1);
  first.unmount();

  renderWithProviders(<ReceivePage />, shop.respond);

  await screen.findByText("1 product: +3 units.");
  expect([...shop.adjustments.values()]).toMatchObject([{ delta: 3 }]);
});

test("lines survive a reload before they are applied", async () => {
  const shop = new FakeShop();
  const first = renderWithProviders(<CountPage />, shop.respond);
  scan("A 10");
  await screen.findByText("12 → 10 (", { exact: false });
  first.unmount();

  renderWithProviders(<CountPage />, shop.respond);

  screen.getByText("Tea Kettle");
  expect(screen.getByLabelText("Units of Tea Kettle")).toHaveProperty("value", "10");
});

test("a count is one file, as of the moment of each line, and reports what differed", async () => {
  const shop = new FakeShop();
  renderWithProviders(<CountPage />, shop.respond);
  const before = Date.now();

  scan("A 10", "B 5");
  await screen.findByText("12 → 10 (", { exact: false });
  await screen.findByText("5 → 5 (", { exact: false });
  await reviewed("Review 2 lines");
  screen.getByText("2 products: 1 as in the books, 1 with fewer units, 0 with more; -2 units in all.");
  apply();

  await screen.findByText(
    "2 products counted: 1 agrees with the books, 1 had fewer units, 0 had more; -2 units in all.",
  );
  const [file] = shop.files.values();
  expect(Object.fromEntries(file?.query ?? [])).toMatchObject({ mode: "GOOD_ROWS", create: "false", reason: "count" });
  const rows = (file?.csv ?? "")
    .trim()
    .split("\r\n")
    .map((row) => row.split(","));
  expect(rows.map((row) => row.slice(0, 7))).toEqual([
    expect.anything(),
    ["B", "main", "Pan", "kitchen", "5", "5", "5"],
    ["A", "main", "Tea Kettle", "kitchen", "10", "5", "12"],
  ]);
  expect(Math.abs(Date.parse(rows[1]?.[7] ?? "") - before)).toBeLessThan(10_000);
});

test.each([
  {
    newerPages: 3,
    result: "1 product counted: 0 agree with the books, 1 had fewer units, 0 had more; -2 units in all.",
  },
  {
    newerPages: 100,
    result: "1 product counted: 0 agree with the books, 0 had fewer units, 0 had more; 0 units in all.",
  },
])("what a count changed is found behind $newerPages pages of newer movements, or not known", async (found) => {
  const shop = new FakeShop();
  shop.newerPages = found.newerPages;
  renderWithProviders(<CountPage />, shop.respond);
  scan("A 10");
  await screen.findByText("12 → 10 (", { exact: false });
  await reviewed("Review 1 line");
  apply();

  await screen.findByText(found.result);
});

test("a line that is refused is named with its reason, and can be corrected alone", async () => {
  const shop = new FakeShop();
  shop.importErrors = [{ line: 2, field: "on_hand", message: "2 units of A in main are reserved" }];
  renderWithProviders(<CountPage />, shop.respond);
  scan("A 1", "Z 4");
  await screen.findByText("In main there is neither this product nor Z");
  await screen.findByText("2 units are reserved or sold: this will be refused");
  await reviewed("Review 2 lines");
  screen.getByText("1 line has no stock level and will be refused. Add the product to this warehouse first.");
  apply();

  await screen.findByText("2 units of A in main are reserved");
  fireEvent.click(screen.getByRole("button", { name: "Correct the refused lines" }));

  await waitFor(() => enabled("Review 2 lines"));
});

test("a pasted list is entered line by line, and says which lines were not added, and why", async () => {
  renderWithProviders(<ReceivePage />, new FakeShop().respond);

  paste("\uFEFFA\t3\r\nB\t0\r\nA\t1\r\nB\t1,000\r\n");

  await screen.findByText("Tea Kettle");
  screen.getByText("2 lines were added. Its line was there before, and has its units now: A.");
  screen.getByText("2 lines were not added");
  screen.getByText("Line 2, “B ⇥ 0”: A delivery has at least 1 unit.");
  screen.getByText(/^Line 4, “B ⇥ 1,000”: 1,000 can be read in two ways\./);
  scan("B -"); // what was not added is still named
  screen.getByText("2 lines were not added");
});

test("of the readings of a line, the one that is a product is taken", async () => {
  const shop = new FakeShop();
  shop.levels.push(aLevel({ product_id: "Model 15", name: "Fifteen", on_hand: 1 }));
  renderWithProviders(<ReceivePage />, shop.respond);

  scan("A 15", "Model 15", "Model 15", "Z -1");

  await screen.findByText("12 → 27 (", { exact: false });
  await screen.findByText("1 → 3 (", { exact: false });
  await screen.findByText(
    "There is no such product in main. -1 is not a number of units: it must be whole, such as 12.",
  );
});

test("of a line that can be two products, a person chooses the one that is meant", async () => {
  const shop = new FakeShop();
  shop.levels.push(aLevel({ product_id: "A 15", name: "Fifteen", on_hand: 1 }));
  renderWithProviders(<ReceivePage />, shop.respond);
  scan("A 15", "A 15");
  await screen.findByText("Both “A 15” and “A” are products. What do you mean?");
  expect(() => enabled("Review 1 line")).toThrow();

  fireEvent.click(screen.getByRole("button", { name: "30 × A" }));

  await screen.findByText("12 → 42 (", { exact: false });
  await waitFor(() => enabled("Review 1 line"));
});

test("a list of 2,001 products fills the sheet, and says which line was left out", async () => {
  const shop = new FakeShop();
  renderWithProviders(<ReceivePage />, shop.respond);

  paste(Array.from({ length: 2_001 }, (_, index) => `P-${index}\t1`).join("\n"));

  await screen.findByText(/^Line 2,001, “P-2000 ⇥ 1”: The sheet is full/);
});

test("a level that cannot be read is refused with the API's sentence, and read again when it is entered again", async () => {
  const shop = new FakeShop();
  let isRefused = true;
  renderWithProviders(<ReceivePage />, (request) =>
    isRefused && request.url.includes("/admin/levels")
      ? problem(409, "LEVEL_UNREADABLE", { detail: "the level was written in another form" })
      : shop.respond(request),
  );

  scan("A 1");
  await screen.findByText("The level was written in another form.");
  isRefused = false;
  scan("A 1");

  await screen.findByText("12 → 14 (", { exact: false });
});

test("a viewer is sent to a manager", () => {
  renderWithProviders(<CountPage />, new FakeShop().respond, { role: "viewer" });

  screen.getByText("Only managers can change stock");
});
