import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import type { Reservation } from "../types";

/**
 * One reservation with its timeline.
 *
 * Each read calls Step Functions, whose quota is small, so only an active reservation is read often.
 */
export function useInspectReservation(reservation_id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["reservations", "one", reservation_id],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/admin/reservations/{reservation_id}", { params: { path: { reservation_id } }, signal })),
    refetchInterval: (query) =>
      refreshAfter(isActive(query.state.data) ? REFRESH_MS.cheap : REFRESH_MS.expensive, query),
  });
}

function isActive(reservation: Reservation | undefined): boolean {
  return reservation?.status === "HELD" || reservation?.status === "PAID";
}
