import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { ApiProblem } from "../client/problem";
import type { Level, LevelRequest } from "../types";
import type { LevelKey } from "./levelKey";
import { useRefreshStock } from "./refreshStock";

interface LevelChange {
  readonly key: LevelKey;
  readonly content: LevelRequest;
  /** The version that the user saw; null to create the level. */
  readonly seen_version: number | null;
}

/** Set a level to what the user typed. Fails with VERSION_CONFLICT if the level has another version by now. */
export function usePutLevel() {
  const api = useApi();
  const refreshStock = useRefreshStock();
  return useMutation({
    mutationFn: (change: LevelChange) => putLevel(api, change),
    onSettled: (level) => refreshStock(level),
  });
}

async function putLevel(api: Api, { key, content, seen_version }: LevelChange): Promise<Level> {
  try {
    return await dataOf(
      api.PUT("/admin/inventory/{product_id}/{warehouse_id}", {
        params: { path: key, header: seen_version === null ? {} : { "If-Match": `"${seen_version}"` } },
        body: content,
      }),
    );
  } catch (error) {
    // If the response to a first attempt was lost, the retry conflicts with our own change: that is a success.
    if (error instanceof ApiProblem && error.current && hasContent(error.current, content)) return error.current;
    throw error;
  }
}

function hasContent(level: Level, content: LevelRequest): boolean {
  return (
    level.on_hand === content.on_hand &&
    level.name === content.name &&
    level.category === content.category &&
    level.low_stock_threshold === content.low_stock_threshold
  );
}
