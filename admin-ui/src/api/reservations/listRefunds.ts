import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import { usePages } from "../queries/usePages";

function listOpenRefunds(api: Api, signal: AbortSignal, page: { cursor?: string; limit?: number }) {
  return dataOf(api.GET("/admin/refunds", { params: { query: { status: "OPEN", ...page } }, signal }));
}

/** Payments that bought nothing and were not returned yet, the oldest first. */
export function useListOpenRefunds() {
  const api = useApi();
  return usePages({
    queryKey: ["refunds", "open"],
    read: (cursor, signal) => listOpenRefunds(api, signal, { cursor }),
    refreshMs: REFRESH_MS.figures,
  });
}

/** The oldest of them, and how many there are. */
export function useListOldestRefunds(limit: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["refunds", "oldest", limit],
    queryFn: ({ signal }) => listOpenRefunds(api, signal, { limit }),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.figures / 2,
  });
}
