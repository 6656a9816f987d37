import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeLocks } from "@/testing/FakeLocks";
import { FakeShop } from "@/testing/FakeShop";
import { renderWithProviders } from "@/testing/renderWithProviders";
import { ReceivePage } from "./SheetPage";

beforeEach(() => {
  FakeLocks.install();
  const store = localStorage.setItem.bind(localStorage);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation((key, value) => {
    store(key, value);
    setTimeout(() => window.dispatchEvent(new StorageEvent("storage", { key }))); // the other tabs hear of it
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  FakeLocks.remove();
});

/** Opens the page in a tab of its own. All tabs share the storage and the locks. */
function openTab(shop: FakeShop) {
  const { container, unmount } = renderWithProviders(<ReceivePage />, shop.respond);
  return { ...within(container), close: unmount };
}
type Tab = ReturnType<typeof openTab>;

async function scan(tab: Tab, ...entries: readonly string[]) {
  for (const entry of entries) {
    const field = await tab.findByLabelText("Product and units");
    fireEvent.change(field, { target: { value: entry } });
    fireEvent.keyDown(field, { key: "Enter", keyCode: 13 });
  }
}

const takeOver = async (tab: Tab) => fireEvent.click(await tab.findByRole("button", { name: "Continue here" }));

async function apply(tab: Tab, lines: string) {
  const button = await tab.findByRole("button", { name: `Review ${lines}` });
  await waitFor(() => expect(button.getAttribute("aria-disabled")).not.toBe("true"));
  fireEvent.click(button);
  fireEvent.click(await screen.findByRole("button", { name: "Apply" }));
}

test("a second tab says that the sheet is open in another one, and shows what is entered there", async () => {
  const shop = new FakeShop();
  const first = openTab(shop);
  const second = openTab(shop);
  await second.findByText("This delivery is open in another tab");

  await scan(first, "A 3");

  await second.findByText("Tea Kettle");
  expect(second.queryByLabelText("Product and units")).toBeNull();
  await apply(first, "1 line");
  await second.findByText("1 product: +3 units.");
  expect(second.queryByRole("button", { name: "Start a new delivery" })).toBeNull();
});

test("lines that are entered in two tabs by turns are all there, and are added once", async () => {
  const shop = new FakeShop();
  const first = openTab(shop);
  const second = openTab(shop);
  await scan(first, "A 3");

  await takeOver(second);
  await first.findByText("This delivery is open in another tab");
  await scan(second, "B 2", "A 1");
  await takeOver(first);
  await scan(first, "B 1");
  await apply(first, "2 lines");

  await second.findByText("2 products: +7 units.");
  expect([...shop.adjustments.values()]).toMatchObject([{ delta: 3 }, { delta: 4 }]);
});

test("a tab that takes over a sheet while it is applied sends the same calls, so nothing is added twice", async () => {
  const shop = new FakeShop();
  shop.lostAnswers = Infinity;
  const first = openTab(shop);
  const second = openTab(shop);
  await scan(first, "A 3");
  await apply(first, "1 line");
  await vi.waitUntil(() => shop.adjustments.size === 1);

  await takeOver(second);
  shop.lostAnswers = 0;

  await second.findByText("1 product: +3 units.");
  expect(shop.adjustments.size).toBe(1);
});

test("a tab continues the sheet of another one that is closed", async () => {
  const shop = new FakeShop();
  const first = openTab(shop);
  const second = openTab(shop);
  await scan(first, "A 3");

  first.close();

  await scan(second, "A 1");
  await apply(second, "1 line");
  await second.findByText("1 product: +4 units.");
});
