import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

/** The active holds that end first, at most so many. */
export function useListEndingHolds(limit: number) {
  const api = useApi();
  return useQuery({
    queryKey: ["reservations", "ending", limit],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/admin/reservations", {
          params: { query: { status: "HELD", sort: "held_until", limit } },
          signal,
        }),
      ),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.trend / 2,
  });
}
