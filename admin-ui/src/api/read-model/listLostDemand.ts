import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** The products of which units were refused in the last day, the most units first. */
export function useListLostDemand() {
  const api = useApi();
  return useQuery({
    queryKey: ["lost-demand"],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/lost-demand", { signal })),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.trend / 2,
  });
}
