import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";

interface Release {
  /** The name of the reservation's execution, which is safe in a path. */
  readonly execution_name: string;
  readonly reason: string;
}

/** Return the units of a hold to stock. A retry gets the same response. */
export function useReleaseReservation() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ execution_name, reason }: Release) =>
      dataOf(
        api.POST("/admin/reservations/{reservation_id}/release", {
          params: { path: { reservation_id: execution_name } },
          body: { reason },
        }),
      ),
    onSettled: () =>
      Promise.all(
        ["reservations", "levels", "overview", "search"].map((name) => queries.invalidateQueries({ queryKey: [name] })),
      ),
  });
}
