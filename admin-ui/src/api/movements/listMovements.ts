import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { PAGE_LIMIT, usePages } from "../queries/usePages";

interface MovementsQuery {
  readonly product_id: string;
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

/** Read one page of a product's ledger, the newest movement first. */
export function readMovements(api: Api, query: MovementsQuery, signal?: AbortSignal) {
  return dataOf(api.GET("/admin/movements", { params: { query: { limit: PAGE_LIMIT, ...query } }, signal }));
}

/** A product's ledger, the newest movement first. */
export function useListMovements(product_id: string, refreshMs: number = REFRESH_MS.list) {
  const api = useApi();
  return usePages({
    queryKey: ["movements", product_id],
    read: (cursor, signal) => readMovements(api, { product_id, cursor }, signal),
    refreshMs,
  });
}
