import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { ApiProblem } from "../client/problem";
import type { Level } from "../types";
import { useRefreshStock } from "./refreshStock";

/** Delete an empty level. Fails with NOT_EMPTY if it has units, or with VERSION_CONFLICT if it changed meanwhile. */
export function useDeleteLevel() {
  const api = useApi();
  const refreshStock = useRefreshStock();
  return useMutation({
    mutationFn: async ({ product_id, warehouse_id, version }: Level) => {
      try {
        await api.DELETE("/admin/level", {
          params: { query: { product_id, warehouse_id }, header: { "If-Match": `"${version}"` } },
        });
      } catch (error) {
        // It is gone: the response to a first attempt was lost, or somebody else deleted it.
        if (!(error instanceof ApiProblem && error.isGone)) throw error;
      }
    },
    onSettled: () => {
      refreshStock();
    },
  });
}
