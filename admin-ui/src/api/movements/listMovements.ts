import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { PAGE_LIMIT, usePages } from "../queries/usePages";

/** A product's ledger, the newest movement first. */
export function useListMovements(product_id: string, limit = PAGE_LIMIT) {
  const api = useApi();
  return usePages({
    queryKey: ["movements", product_id, limit],
    read: (cursor, signal) =>
      dataOf(api.GET("/admin/movements", { params: { query: { product_id, cursor, limit } }, signal })),
    refreshMs: REFRESH_MS.list,
    limit,
  });
}
