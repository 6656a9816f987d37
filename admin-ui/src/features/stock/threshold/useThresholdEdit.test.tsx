import { expect, test } from "vitest";

import type { Level, LevelRequest } from "@/api/types";
import { aLevel } from "@/testing/factories";
import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import { useThresholdEdit } from "./useThresholdEdit";

/** The API with one level. For each interruption, another change follows and the response is lost. */
class FakeApi {
  level = aLevel({ version: 7, on_hand: 20, low_stock_threshold: 5 });
  readonly interruptions: (() => void)[] = [];

  readonly respond = async (request: Request): Promise<Response> => {
    if (request.headers.get("If-Match") !== `"${this.level.version}"`) {
      return problem(409, "VERSION_CONFLICT", { current: this.level });
    }
    this.change((await request.json()) as LevelRequest);
    const interruption = this.interruptions.shift();
    interruption?.();
    return interruption ? new Response("", { status: 502 }) : ok(this.level);
  };

  change({ on_hand = this.level.on_hand, low_stock_threshold = this.level.low_stock_threshold }: Partial<Level>) {
    this.level = { ...this.level, on_hand, low_stock_threshold, version: this.level.version + 1 };
  }
}

function save(api: FakeApi, threshold: number) {
  const { result } = renderHookWithProviders(() => useThresholdEdit(), api.respond);
  const draft = { ...result.current.start(api.level), threshold: String(threshold) };
  return Promise.resolve(result.current.submit(api.level, { header: "", cell: () => "" }, draft));
}

test("a sale after a lost response does not make the own change look like a conflict", async () => {
  const api = new FakeApi();
  api.interruptions.push(() => {
    api.change({ on_hand: 18 });
  });

  await save(api, 9);

  expect(api.level).toMatchObject({ on_hand: 18, low_stock_threshold: 9 });
});

test("a threshold that another user set in the meantime is not overwritten", async () => {
  const api = new FakeApi();
  api.interruptions.push(() => {
    api.change({ low_stock_threshold: 3 });
  });

  await expect(save(api, 9)).rejects.toMatchObject({ code: "VERSION_CONFLICT" });

  expect(api.level.low_stock_threshold).toBe(3);
});
