import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** Whether the books agree, and which alarms are on. */
export function useGetHealth() {
  const api = useApi();
  return useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/health", { signal })),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.trend / 2,
  });
}
