import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { FakeLocks } from "@/testing/FakeLocks";
import { useOnlyTab } from "./useOnlyTab";

beforeEach(() => FakeLocks.install());

afterEach(() => FakeLocks.remove());

const openTab = async () => {
  const tab = renderHook(() => useOnlyTab("sheet"));
  await act(async () => {
    await Promise.resolve();
  });
  return tab;
};
type Tab = Awaited<ReturnType<typeof openTab>>;
const areHere = (...tabs: readonly Tab[]) => tabs.map((tab) => tab.result.current.isHere);

test("the first tab is the only one, and the next one follows when it is closed", async () => {
  const first = await openTab();
  const second = await openTab();
  expect(areHere(first, second)).toEqual([true, false]);

  first.unmount();

  await vi.waitUntil(() => second.result.current.isHere);
});

test("a tab that takes over is the only one, until another one does", async () => {
  const first = await openTab();
  const second = await openTab();

  act(() => second.result.current.takeOver());
  await vi.waitUntil(() => second.result.current.isHere);
  await vi.waitUntil(() => !first.result.current.isHere);

  act(() => first.result.current.takeOver());
  await vi.waitUntil(() => first.result.current.isHere);
  await vi.waitUntil(() => !second.result.current.isHere);
});

test("a browser without locks lets every tab change it", async () => {
  FakeLocks.remove();
  const tabs = [await openTab(), await openTab()];

  expect(areHere(...tabs)).toEqual([true, true]);
});
