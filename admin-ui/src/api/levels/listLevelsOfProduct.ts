import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** Read every level of a product once. */
export function listLevelsOfProduct(api: Api, product_id: string, signal?: AbortSignal) {
  return dataOf(api.GET("/admin/inventory/{product_id}", { params: { path: { product_id } }, signal }));
}

/** Every level of a product, refreshed regularly. */
export function useListLevelsOfProduct(product_id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["levels", "product", product_id],
    queryFn: ({ signal }) => listLevelsOfProduct(api, product_id, signal),
    select: ({ items }) => items,
    refetchInterval: (query) => refreshAfter(REFRESH_MS.cheap, query),
  });
}
