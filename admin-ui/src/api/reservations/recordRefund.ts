import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import type { RefundRequest } from "../types";

interface RecordedRefund {
  /** The name of the reservation's execution, which is safe in a path. */
  readonly execution_name: string;
  readonly content: RefundRequest;
}

/** Record that a payment was returned. A retry gets the same response; another reference fails with REFUND_CONFLICT. */
export function useRecordRefund() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ execution_name, content }: RecordedRefund) =>
      dataOf(
        api.POST("/admin/reservations/{reservation_id}/refunds", {
          params: { path: { reservation_id: execution_name } },
          body: content,
        }),
      ),
    onSettled: () =>
      Promise.all(
        ["refunds", "reservations", "overview", "search"].map((name) =>
          queries.invalidateQueries({ queryKey: [name] }),
        ),
      ),
  });
}
