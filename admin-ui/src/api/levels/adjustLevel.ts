import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import type { AdjustmentRequest, Level } from "../types";
import type { LevelKey } from "./levelKey";
import { useRefreshStock } from "./refreshStock";

export interface LevelAdjustment {
  readonly key: LevelKey;
  readonly content: AdjustmentRequest;
  /** Created when the form opens and sent with every retry, so that the units are added once. */
  readonly idempotency_key: string;
}

/** Add units to a level, or remove some. */
export function useAdjustLevel() {
  const api = useApi();
  const refreshStock = useRefreshStock();
  return useMutation({
    mutationFn: (adjustment: LevelAdjustment) => adjustLevel(api, adjustment),
    onSettled: (level) => refreshStock(level),
  });
}

/** The call alone. After several of them, call `useRefreshStock()` once. */
export function adjustLevel(api: Api, { key, content, idempotency_key }: LevelAdjustment): Promise<Level> {
  return dataOf(
    api.POST("/admin/level/adjustments", {
      params: { query: key, header: { "Idempotency-Key": idempotency_key } },
      body: content,
    }),
  );
}
