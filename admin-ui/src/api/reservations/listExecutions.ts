import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { PAGE_LIMIT, usePages } from "../queries/usePages";

/** Executions that failed, the latest first. @param order_id only those of this order */
export function useListFailedExecutions(order_id: string | undefined, limit = PAGE_LIMIT) {
  const api = useApi();
  return usePages({
    queryKey: ["executions", "failed", order_id ?? null, limit],
    read: (cursor, signal) =>
      dataOf(
        api.GET("/admin/executions", { params: { query: { status: "FAILED", order_id, cursor, limit } }, signal }),
      ),
    refreshMs: REFRESH_MS.figures,
    limit,
  });
}
