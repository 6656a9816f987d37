import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import type { FailedReservation, ReservationDetails } from "../types";

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
      refreshAfter(isActive(query.state.data) ? REFRESH_MS.item : REFRESH_MS.modelList, query),
  });
}

/** Whether there is no reservation, because its execution failed before it wrote one. */
export function isFailedReservation(found: ReservationDetails | FailedReservation): found is FailedReservation {
  return "execution_status" in found;
}

function isActive(found: ReservationDetails | FailedReservation | undefined): boolean {
  return found?.status === "HELD" || found?.status === "PAID";
}
