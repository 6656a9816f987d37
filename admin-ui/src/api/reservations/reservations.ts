import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { answer } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/queries";
import { PAGE_LIMIT, usePages } from "../queries/usePages";
import type { Reservation, ReservationFilter } from "../types";

/** Reservations, page by page: the active ones first, then the latest decided. */
export function useReservations(filter: ReservationFilter, limit = PAGE_LIMIT) {
  const api = useApi();
  return usePages({
    queryKey: ["reservations", "list", filter, limit],
    read: (cursor, signal) =>
      answer(api.GET("/admin/reservations", { params: { query: { ...filter, cursor, limit } }, signal })),
    refreshMs: (filter.search ?? filter.product_id) ? REFRESH_MS.dear : REFRESH_MS.cheap,
    limit,
  });
}

/** One reservation with its story. Each read asks Step Functions, who allow an account few: often while it may change. */
export function useReservation(reservation_id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["reservations", "one", reservation_id],
    queryFn: ({ signal }) =>
      answer(api.GET("/admin/reservations/{reservation_id}", { params: { path: { reservation_id } }, signal })),
    refetchInterval: (query) => refreshAfter(isActive(query.state.data) ? REFRESH_MS.cheap : REFRESH_MS.dear, query),
  });
}

function isActive(reservation: Reservation | undefined): boolean {
  return reservation?.status === "HELD" || reservation?.status === "PAID";
}

/** Give the stock of a reservation back. Sent again it answers the same. */
export function useReleaseReservation() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ reservation_id, reason }: { reservation_id: string; reason: string }) =>
      answer(
        api.POST("/admin/reservations/{reservation_id}/release", {
          params: { path: { reservation_id } },
          body: { reason },
        }),
      ),
    onSettled: () =>
      Promise.all(
        ["reservations", "levels", "overview"].map((name) => queries.invalidateQueries({ queryKey: [name] })),
      ),
  });
}
