import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { PAGE_LIMIT, usePages } from "../queries/usePages";
import type { ReservationFilter } from "../types";

/** Reservations, page by page: first the active ones, then the others, the latest decision first. */
export function useListReservations(filter: ReservationFilter, limit = PAGE_LIMIT) {
  const api = useApi();
  return usePages({
    queryKey: ["reservations", "list", filter, limit],
    read: (cursor, signal) =>
      dataOf(api.GET("/admin/reservations", { params: { query: { ...filter, cursor, limit } }, signal })),
    refreshMs: refreshMsOf(filter),
    limit,
  });
}

function refreshMsOf({ search, product_id }: ReservationFilter): number {
  if (product_id) return REFRESH_MS.trend; // each call compares 80 rows, as no index has the products
  return search ? REFRESH_MS.modelList : REFRESH_MS.list;
}
