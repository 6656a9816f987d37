import { act } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { anyAnswer } from "@/testing/anyAnswer";
import { FakeLiveChannel, liveStock } from "@/testing/FakeLiveChannel";
import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { problem } from "@/testing/responses";
import { useListLevelsOfProduct } from "../levels/listLevelsOfProduct";
import { REFRESH_MS } from "../queries/refresh";
import { useListMovements } from "../movements/listMovements";
import { useListReservations } from "../reservations/listReservations";
import { useLiveProduct } from "./useLiveProduct";

const PRODUCT = "KIT-0001";
const FIRST_MS = 500; // the first reads, and the subscription

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeLiveChannel);
  FakeLiveChannel.opened = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function setHidden(isHidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(isHidden ? "hidden" : "visible");
  act(() => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const channel = () => FakeLiveChannel.opened.at(-1);

/** Open the page of a product, and wait for its first reads. `calls` has the paths since then. */
async function openProduct(answer: (request: Request) => Response | undefined = () => undefined) {
  const calls: string[] = [];
  const hook = renderHookWithProviders(
    () => {
      const isLive = useLiveProduct(PRODUCT);
      useListLevelsOfProduct(PRODUCT, isLive ? REFRESH_MS.pushed : undefined);
      useListMovements(PRODUCT, isLive ? REFRESH_MS.pushed : undefined);
      useListReservations({ product_id: PRODUCT, status: "HELD" });
      return isLive;
    },
    (request) => {
      const { pathname } = new URL(request.url);
      calls.push(pathname);
      return answer(request) ?? (pathname === "/admin/live-stock" ? liveStock() : anyAnswer(request));
    },
  );
  await pass(FIRST_MS);
  calls.length = 0;
  return { ...hook, calls, isLive: () => hook.result.current };
}

test("the page subscribes to the channel of its product", async () => {
  const { isLive } = await openProduct();

  expect(isLive()).toBe(true);
  expect(channel()?.channel).toBe("/stock/kettle");
});

test("after a push, everything of the product is read again at once", async () => {
  const { calls } = await openProduct();
  await pass(2_000); // the levels were read when the subscription began
  calls.length = 0;

  channel()?.push();
  await pass(10);

  expect(calls.toSorted()).toEqual(["/admin/levels", "/admin/movements", "/admin/reservations"]);
});

test("a product that changes all the time is read at most every two seconds, its holds about once a minute", async () => {
  const { calls } = await openProduct();

  for (let pushes = 0; pushes < 240; pushes++) {
    channel()?.push();
    await pass(250);
  }

  const countOf = (path: string) => calls.filter((call) => call === path).length;
  expect(countOf("/admin/levels")).toBeGreaterThan(20);
  expect(countOf("/admin/levels")).toBeLessThanOrEqual(31);
  expect(countOf("/admin/movements")).toBeLessThanOrEqual(7);
  expect(countOf("/admin/reservations")).toBeLessThanOrEqual(2);
});

test("the last change is read, although one is being read", async () => {
  const { calls } = await openProduct();
  channel()?.push();
  await pass(10);
  calls.length = 0;

  channel()?.push();
  await pass(2_100);

  expect(calls).toContain("/admin/levels");
});

test("a lost connection is opened again, and until then the page is not live", async () => {
  const { isLive } = await openProduct();

  act(() => channel()?.lose());
  expect(isLive()).toBe(false);
  await pass(5_000);

  expect(FakeLiveChannel.opened).toHaveLength(2);
  expect(isLive()).toBe(true);
});

test("without live stock there is no connection, and it is not asked for again soon", async () => {
  const refused = () => problem(404, "LIVE_STOCK_UNAVAILABLE");
  const { calls, isLive } = await openProduct(({ url }) => (url.includes("/admin/live-stock") ? refused() : undefined));
  await pass(60_000);

  expect(isLive()).toBe(false);
  expect(FakeLiveChannel.opened).toEqual([]);
  expect(calls).not.toContain("/admin/live-stock");
});

test("a hidden page is not subscribed and reads nothing, until it is shown again", async () => {
  const { calls, isLive } = await openProduct();
  const before = channel();
  before?.push();
  before?.push();
  await pass(10);
  calls.length = 0;

  setHidden(true);
  await pass(60_000);
  expect(before?.isClosed).toBe(true);
  expect(isLive()).toBe(false);
  expect(calls).toEqual([]);

  setHidden(false);
  await pass(FIRST_MS);
  expect(FakeLiveChannel.opened).toHaveLength(2);
  expect(isLive()).toBe(true);
});

test("a page that is left is not subscribed", async () => {
  const { unmount } = await openProduct();

  unmount();

  expect(channel()?.isClosed).toBe(true);
});
