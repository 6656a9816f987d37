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

/** A change of a level that the user saw. What is not in `changes` stays; a retired level stays retired. */
export function changeOf(level: Level, changes: Partial<LevelRequest> & Pick<LevelRequest, "reason">): LevelChange {
  const { product_id, warehouse_id, on_hand, name, category, low_stock_threshold, active, version } = level;
  return {
    key: { product_id, warehouse_id },
    content: { on_hand, name, category, low_stock_threshold, active, ...changes },
    seen_version: version,
  };
}

/** The call alone. */
export async function putLevel(api: Api, { key, content, seen_version }: LevelChange): Promise<Level> {
  try {
    return await dataOf(
      api.PUT("/admin/level", {
        params: { query: key, header: seen_version === null ? {} : { "If-Match": `"${seen_version}"` } },
        body: content,
      }),
    );
  } catch (error) {
    // If the response to a first attempt was lost, the retry conflicts with our own change: that is a success.
    if (error instanceof ApiProblem && error.current && hasContent(error.current, content)) return error.current;
    throw error;
  }
}

function hasContent(level: Level, { on_hand, name, category, low_stock_threshold, active }: LevelRequest): boolean {
  return (
    level.on_hand === on_hand &&
    level.name === name &&
    level.category === category &&
    level.low_stock_threshold === low_stock_threshold &&
    level.active === active
  );
}
