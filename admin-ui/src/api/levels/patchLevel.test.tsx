import { act } from "@testing-library/react";
import { expect, test } from "vitest";

import { aLevel } from "@/testing/factories";
import { renderHookWithProviders } from "@/testing/renderWithProviders";
import { ok, problem } from "@/testing/responses";
import type { LevelRequest } from "../types";
import { usePatchLevel } from "./patchLevel";
import { changeOf } from "./putLevel";

test("a change of a retired level keeps it retired", () => {
  expect(changeOf(aLevel({ active: false }), { on_hand: 3, reason: "counted" }).content.active).toBe(false);
});

test("retiring a level keeps a sale that was made meanwhile", async () => {
  const sold = aLevel({ product_id: "A/B", version: 8, on_hand: 18 });
  const { result } = renderHookWithProviders(
    () => usePatchLevel(),
    async (request) => {
      expect(new URL(request.url).searchParams.get("product_id")).toBe("A/B");
      if (request.headers.get("If-Match") !== '"8"') return problem(409, "VERSION_CONFLICT", { current: sold });
      return ok({ ...sold, ...((await request.json()) as LevelRequest), version: 9 });
    },
  );

  const level = await act(() =>
    result.current.mutateAsync({
      seen: aLevel({ product_id: "A/B", version: 7, on_hand: 20 }),
      changes: { active: false },
      reason: "discontinued",
    }),
  );

  expect(level).toMatchObject({ active: false, on_hand: 18 });
});

test("a level that somebody else has retired meanwhile is not retired again", async () => {
  const retired = aLevel({ version: 8, active: false });
  const { result } = renderHookWithProviders(
    () => usePatchLevel(),
    () => problem(409, "VERSION_CONFLICT", { current: retired }),
  );

  const level = await act(() =>
    result.current.mutateAsync({ seen: aLevel({ version: 7 }), changes: { active: false }, reason: "discontinued" }),
  );

  expect(level).toEqual(retired);
});
