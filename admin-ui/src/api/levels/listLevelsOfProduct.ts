import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import type { Level } from "../types";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** Read every level of a product once, with the moment of the API's clock, ISO 8601. */
export async function readLevelsOfProduct(api: Api, product_id: string): Promise<{ levels: Level[]; as_of: string }> {
  const { data, response } = await api.GET("/admin/levels", { params: { query: { product_id } } });
  const now = new Date(response.headers.get("Date") ?? Date.now());
  return { levels: data?.items ?? [], as_of: now.toISOString() };
}

/** Every level of a product, refreshed regularly. */
export function useListLevelsOfProduct(product_id: string, refreshMs: number = REFRESH_MS.item) {
  const api = useApi();
  return useQuery({
    queryKey: ["levels", "product", product_id],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/levels", { params: { query: { product_id } }, signal })),
    select: ({ items }) => items,
    refetchInterval: (query) => refreshAfter(refreshMs, query),
  });
}
