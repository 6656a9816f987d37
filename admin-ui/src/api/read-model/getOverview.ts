import { queryOptions, useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";

const overviewOptions = (api: Api) =>
  queryOptions({ queryKey: ["overview"], queryFn: ({ signal }) => dataOf(api.GET("/admin/overview", { signal })) });

/** The figures of the overview, refreshed regularly. */
export function useGetOverview() {
  return useQuery({
    ...overviewOptions(useApi()),
    refetchInterval: (query) => refreshAfter(REFRESH_MS.figures, query),
    staleTime: REFRESH_MS.figures / 2,
  });
}

/** All categories and warehouses, for filters. They come with the overview, which is not refreshed for this. */
export function useFilterValues(): { categories: readonly string[]; warehouses: readonly string[] } {
  const { data } = useQuery({ ...overviewOptions(useApi()), staleTime: 300_000 });
  return { categories: data?.categories ?? [], warehouses: data?.warehouses ?? [] };
}
