import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import type { LevelKey } from "./levelKey";
import { useRefreshStock } from "./refreshStock";

interface LevelSpread {
  readonly key: LevelKey;
  readonly shards: number;
}

/** Spread a level over shards. Fails with SHARDS_CHANGING while another such change is under way. */
export function useSpreadLevel() {
  const api = useApi();
  const refreshStock = useRefreshStock();
  return useMutation({
    mutationFn: ({ key, shards }: LevelSpread) =>
      dataOf(
        api.PUT("/admin/level/shards", {
          // Any version: each sale changes it, and a level is spread while it sells.
          params: { query: key, header: { "If-Match": "*" } },
          body: { shards },
        }),
      ),
    onSettled: (level) => refreshStock(level),
  });
}
