import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Level, LevelRequest } from "@/api/types";
import { aLevel } from "@/testing/factories";
import { answers, around, refuses } from "@/testing/renderWithProviders";
import { useThresholdEdit } from "./useThresholdEdit";

/** A level at the API; something happens to it, and the answer is lost, each time somebody says so. */
class Shelf {
  level = aLevel({ version: 7, on_hand: 20, low_stock_threshold: 5 });
  readonly mishaps: (() => void)[] = [];

  readonly answer = async (request: Request): Promise<Response> => {
    if (request.headers.get("If-Match") !== `"${this.level.version}"`) {
      return refuses(409, "VERSION_CONFLICT", { current: this.level });
    }
    this.becomes((await request.json()) as LevelRequest);
    const mishap = this.mishaps.shift();
    mishap?.();
    return mishap ? new Response("", { status: 502 }) : answers(this.level);
  };

  becomes({ on_hand = this.level.on_hand, low_stock_threshold = this.level.low_stock_threshold }: Partial<Level>) {
    this.level = { ...this.level, on_hand, low_stock_threshold, version: this.level.version + 1 };
  }
}

function saving(shelf: Shelf, threshold: number) {
  const { result } = renderHook(() => useThresholdEdit(), { wrapper: around(shelf.answer) });
  const draft = { ...result.current.begin(shelf.level), threshold: String(threshold) };
  return Promise.resolve(result.current.submit(shelf.level, { header: "", cell: () => "" }, draft));
}

test("a sale while the first answer was lost does not make one's own change somebody else's", async () => {
  const shelf = new Shelf();
  shelf.mishaps.push(() => {
    shelf.becomes({ on_hand: 18 });
  });

  await saving(shelf, 9);

  expect(shelf.level).toMatchObject({ on_hand: 18, low_stock_threshold: 9 });
});

test("another threshold that somebody set meanwhile is not written over", async () => {
  const shelf = new Shelf();
  shelf.mishaps.push(() => {
    shelf.becomes({ low_stock_threshold: 3 });
  });

  await expect(saving(shelf, 9)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });

  expect(shelf.level.low_stock_threshold).toBe(3);
});
