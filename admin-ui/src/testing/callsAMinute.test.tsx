import { act } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { OverviewPage } from "@/app/overview/OverviewPage";
import { ExecutionListPage } from "@/features/reservations/executions/ExecutionListPage";
import { OrderTimelinePage } from "@/features/reservations/order-timeline/OrderTimelinePage";
import { RefundListPage } from "@/features/reservations/refunds/RefundListPage";
import { ReservationDetailsPage } from "@/features/reservations/reservation-details/ReservationDetailsPage";
import { ReservationListPage } from "@/features/reservations/reservation-list/ReservationListPage";
import { SearchResultsPage } from "@/features/search/SearchResultsPage";
import { ProductDetailsPage } from "@/features/stock/product-details/ProductDetailsPage";
import { CountPage, ReceivePage } from "@/features/stock/sheets/SheetPage";
import { StockListPage } from "@/features/stock/stock-list/StockListPage";
import { anyAnswer } from "./anyAnswer";
import { FakeLiveChannel, liveStock } from "./FakeLiveChannel";
import { renderWithProviders } from "./renderWithProviders";
import { problem } from "./responses";

const MINUTE_MS = 60_000;
const MINUTES = 3; // the calls of the first moment are not counted
const MINUTES_A_MONTH = 30 * 24 * 60;
const DOLLARS_A_MILLION_UNITS = 0.125; // on-demand reads in us-east-1

/** The read model: its manifest, its progress, and its journal: 40 units just before a merge, half of that on average. */
const MODEL = 2 + 20;
const ROW = 1;

/** The read units of one call in a large shop, by the most rows that it answers. */
const UNITS: Readonly<Record<string, number>> = {
  "/admin/overview": MODEL,
  "/admin/health": ROW,
  "/admin/attention": MODEL + 8 * ROW,
  "/admin/lost-demand": MODEL,
  "/admin/refunds": 4 + 50 * ROW,
  "/admin/refunds?limit=5": 1 + 5 * ROW,
  "/admin/inventory": MODEL + 50 * ROW,
  "/admin/levels": 4,
  "/admin/live-stock": 0,
  "/admin/movements": 8,
  "/admin/executions": 4 + 50 * ROW,
  "/admin/timeline": MODEL + 50 * ROW,
  "/admin/search": MODEL + 40 * ROW,
  "/admin/reservations": 13 + 50 * ROW,
  "/admin/reservations?sort": 5 + 9 * ROW, // the overview's
  "/admin/reservations?product_id": 18 + 80 * ROW, // no index has the products: 80 holds are read and compared
  "/admin/reservations/order-1001": 4,
};

interface Open {
  readonly name: string;
  readonly page: ReactNode;
  readonly address?: string;
  readonly callsMax: number;
  readonly unitsMax: number;
  /** Whether the page finds the live channel. A hot product is changed every second. */
  readonly live?: "quiet" | "hot";
}

const PAGES: readonly Open[] = [
  { name: "overview", page: <OverviewPage />, callsMax: 7, unitsMax: 180 },
  { name: "stock", page: <StockListPage />, callsMax: 5, unitsMax: 400 },
  {
    name: "stock, searched",
    page: <StockListPage />,
    address: "/stock?search=kettle&sort=available",
    callsMax: 5,
    unitsMax: 400,
  },
  {
    name: "one product",
    page: <ProductDetailsPage />,
    address: "/product?product_id=KIT-0001",
    callsMax: 6,
    unitsMax: 230,
    live: "quiet",
  },
  {
    name: "one hot product",
    page: <ProductDetailsPage />,
    address: "/product?product_id=KIT-0001",
    callsMax: 40,
    unitsMax: 440,
    live: "hot",
  },
  {
    name: "one product, not live",
    page: <ProductDetailsPage />,
    address: "/product?product_id=KIT-0001",
    callsMax: 20,
    unitsMax: 400,
  },
  { name: "reservations", page: <ReservationListPage />, callsMax: 6, unitsMax: 400 },
  {
    name: "one reservation",
    page: <ReservationDetailsPage />,
    address: "/reservation?reservation_id=order-1001",
    callsMax: 12,
    unitsMax: 60,
  },
  {
    name: "timeline of a customer",
    page: <OrderTimelinePage />,
    address: "/timeline?customer_id=C-17",
    callsMax: 4,
    unitsMax: 400,
  },
  { name: "payments to return", page: <RefundListPage />, callsMax: 2, unitsMax: 120 },
  { name: "failed orders", page: <ExecutionListPage />, callsMax: 2, unitsMax: 120 },
  { name: "receive", page: <ReceivePage />, callsMax: 0, unitsMax: 0 },
  { name: "count", page: <CountPage />, callsMax: 0, unitsMax: 0 },
  { name: "search results", page: <SearchResultsPage />, address: "/search?query=kettle", callsMax: 0, unitsMax: 0 },
];

vi.setConfig({ testTimeout: 60_000 }); // minutes of virtual time, drawn second by second

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeLiveChannel);
  FakeLiveChannel.opened = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function setVisible(isVisible: boolean) {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(isVisible ? "visible" : "hidden");
  vi.spyOn(document, "hidden", "get").mockReturnValue(!isVisible);
  document.dispatchEvent(new Event("visibilitychange"));
}

/** The call as it is counted: its path, and the parameter that changes its cost. */
function nameOf({ url }: Request): string {
  const { pathname, searchParams } = new URL(url);
  if (pathname === "/admin/refunds" && searchParams.has("limit")) return "/admin/refunds?limit=5";
  if (pathname === "/admin/reservations" && searchParams.has("sort")) return "/admin/reservations?sort";
  if (pathname === "/admin/reservations" && searchParams.has("product_id")) return "/admin/reservations?product_id";
  return pathname;
}

async function pass(milliseconds: number, isHot = false) {
  for (let passed = 0; passed < milliseconds; passed += 1_000) {
    if (isHot) FakeLiveChannel.opened.at(-1)?.push();
    await act(() => vi.advanceTimersByTimeAsync(1_000));
  }
}

/** Open a page for some minutes. Returns its calls. */
async function callsOf({ page, address = "/", live }: Open, minutes: number): Promise<string[]> {
  const calls: string[] = [];
  const { unmount } = renderWithProviders(
    page,
    (request) => {
      const name = nameOf(request);
      calls.push(name);
      if (name !== "/admin/live-stock") return anyAnswer(request);
      return live ? liveStock() : problem(404, "LIVE_STOCK_UNAVAILABLE");
    },
    { address },
  );
  await act(() => vi.dynamicImportSettled()); // the lazy parts
  await pass(2_000);
  calls.length = 0;
  await pass(minutes * MINUTE_MS, live === "hot");
  unmount();
  return calls;
}

test.each(PAGES)("what an open page costs: $name", async (open) => {
  const calls = await callsOf(open, MINUTES);

  const callsAMinute = calls.length / MINUTES;
  const unitsAMinute = calls.reduce((sum, name) => sum + (UNITS[name] ?? Number.NaN), 0) / MINUTES;
  const dollars = (unitsAMinute * MINUTES_A_MONTH * DOLLARS_A_MILLION_UNITS) / 1e6;
  console.info(
    `${open.name.padEnd(24)} ${callsAMinute.toFixed(1).padStart(5)} calls a minute, ${unitsAMinute.toFixed(0).padStart(4)} read units a minute, $${dollars.toFixed(2)} a month if it is never closed`,
  );
  expect(callsAMinute).toBeLessThanOrEqual(open.callsMax);
  expect(unitsAMinute).toBeLessThanOrEqual(open.unitsMax);
  if (open.name === "overview") expect(dollars).toBeLessThan(1);
});

test("no call of a page costs more than a call may, as tests of the API measure it", () => {
  expect(Math.max(...Object.values(UNITS))).toBeLessThanOrEqual(100);
});

test.each(PAGES)("a page that nobody sees asks for nothing: $name", async (open) => {
  setVisible(false);

  expect(await callsOf(open, 1)).toEqual([]);
  expect(FakeLiveChannel.opened).toEqual([]);

  setVisible(true);
});
