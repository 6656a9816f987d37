import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

const HOLDS_MAX = 50;

/**
 * The active holds, those that end first at the start; null if there are more than one page.
 *
 * The API lists the hold that ends last first, so the ones that end soon are known only if one page has them all.
 */
export function useListEndingHolds() {
  const api = useApi();
  return useQuery({
    queryKey: ["reservations", "ending"],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/admin/reservations", { params: { query: { status: "HELD", limit: HOLDS_MAX } }, signal })),
    select: ({ items, cursor }) =>
      cursor === null ? items.toSorted((one, other) => endOf(one).localeCompare(endOf(other))) : null,
    refetchInterval: (query) => refreshAfter(REFRESH_MS.trend, query),
    staleTime: REFRESH_MS.trend / 2,
  });
}

function endOf({ held_until }: { held_until: string | null }): string {
  return held_until ?? "";
}
