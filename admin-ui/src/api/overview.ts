import { useQuery } from "@tanstack/react-query";

import { useApi } from "./ApiProvider";
import { answer } from "./client";
import { REFRESH_MS } from "./queries";

/** What needs attention now, and the values that lists are filtered by. */
export function useOverview() {
  const api = useApi();
  return useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => answer(api.GET("/admin/overview", { signal })),
    refetchInterval: REFRESH_MS.dear,
    staleTime: REFRESH_MS.dear / 2,
  });
}

/** The categories and warehouses there are, for filters: the overview, without reading it again and again. */
export function useFilterValues(): { categories: readonly string[]; warehouses: readonly string[] } {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["overview"],
    queryFn: ({ signal }) => answer(api.GET("/admin/overview", { signal })),
    staleTime: 300_000,
  });
  return { categories: data?.categories ?? [], warehouses: data?.warehouses ?? [] };
}
