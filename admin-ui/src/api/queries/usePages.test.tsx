import { act } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { usePages } from "./usePages";

const REFRESH_MS = 10_000;
const MINUTES = 10;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test.each([
  [1, 30_000],
  [8, 200_000],
])("a list of %i pages that stays open costs what one page costs, and is old after %i ms", async (pages, old) => {
  let calls = 0;
  const read = (cursor: string | undefined) => {
    calls++;
    return Promise.resolve({ items: [calls], cursor: String(Number(cursor ?? 0) + 1) });
  };
  const { result } = renderHookWithProviders(
    () => ({ ...usePages({ queryKey: ["numbers"], read, refreshMs: REFRESH_MS, limit: 1 }) }),
    () => Response.error(),
  );
  await pass(10);
  for (let more = 1; more < pages; more++) {
    void result.current.fetchNextPage();
    await pass(10);
  }
  expect(result.current.data?.items).toHaveLength(pages);
  calls = 0;

  await pass(MINUTES * 60_000);

  expect(calls).toBeLessThanOrEqual((MINUTES * 60_000) / REFRESH_MS);
  expect(calls).toBeGreaterThan(0);
  expect(result.current.data?.staleAfterMs).toBe(old);
});
