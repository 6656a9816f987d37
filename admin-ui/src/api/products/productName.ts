import { useQuery } from "@tanstack/react-query";

import { limitConcurrency } from "@/lib/concurrency/limitConcurrency";
import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { ApiProblem } from "../client/problem";

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
    retry: false, // a list without a name is of use, too; the next list that shows the product reads it again
    refetchOnWindowFocus: false,
  });
  return data ?? null;
}

async function nameOf(api: Api, product_id: string, signal: AbortSignal): Promise<string | null> {
  try {
    const { items } = await dataOf(api.GET("/admin/levels", { params: { query: { product_id } }, signal }));
    return items[0]?.name ?? null;
  } catch (error) {
    if (error instanceof ApiProblem && error.isNotFound) return null;
    throw error;
  }
}
