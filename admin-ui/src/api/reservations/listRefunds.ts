import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { REFRESH_MS } from "../queries/refresh";
import { usePages } from "../queries/usePages";

/** Payments that bought nothing and were not returned yet, the oldest first. */
export function useListOpenRefunds() {
  const api = useApi();
  return usePages({
    queryKey: ["refunds", "open"],
    read: (cursor, signal) =>
      dataOf(api.GET("/admin/refunds", { params: { query: { status: "OPEN", cursor } }, signal })),
    refreshMs: REFRESH_MS.cheap,
  });
}
