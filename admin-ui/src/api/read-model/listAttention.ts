import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** The levels that run out, the most urgent first. */
export function useListAttention(limit: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["attention", limit],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/attention", { params: { query: { limit } }, signal })),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.trend / 2,
  });
}
