import { useQuery } from "@tanstack/react-query";

import { limitConcurrency } from "@/lib/concurrency/limitConcurrency";
import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";

const HOUR_MS = 3_600_000;
const limited = limitConcurrency(4); // a list can show dozens of products at once

/** The name of a product, read once an hour; null until it is known, and of a product that does not exist. */
export function useProductName(product_id: string): string | null {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["names", product_id],
    queryFn: ({ signal }) => limited(() => nameOf(api, product_id, signal)),
    staleTime: HOUR_MS,
    gcTime: HOUR_MS,
    retry: false,
    refetchOnWindowFocus: false,
    retryOnMount: false,
  });
  return data ?? null;
}

async function nameOf(api: Api, product_id: string, signal: AbortSignal): Promise<string | null> {
  const { items } = await dataOf(api.GET("/admin/levels", { params: { query: { product_id } }, signal }));
  return items[0]?.name ?? null;
}
