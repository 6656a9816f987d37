import { queryOptions, useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, answer } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/queries";

const overviewOf = (api: Api) =>
  queryOptions({ queryKey: ["overview"], queryFn: ({ signal }) => answer(api.GET("/admin/overview", { signal })) });

/** What needs attention now, and the values that lists are filtered by. */
export function useOverview() {
  return useQuery({
    ...overviewOf(useApi()),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.dear, query),
    staleTime: REFRESH_MS.dear / 2,
  });
}

/** The categories and warehouses there are, for filters: the overview, without reading it again and again. */
export function useFilterValues(): { categories: readonly string[]; warehouses: readonly string[] } {
  const { data } = useQuery({ ...overviewOf(useApi()), staleTime: 300_000 });
  return { categories: data?.categories ?? [], warehouses: data?.warehouses ?? [] };
}
