import createClient, { type Client } from "openapi-fetch";

import type { paths } from "../schema";

/** The API's calls by path and method, typed by api/openapi.yaml. */
export type Api = Client<paths>;

/** @param fetch one that throws for whatever is not a success, as authorizedFetch does */
export function createApi(baseUrl: string, fetch: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl: baseUrl || window.location.origin, fetch });
}

/** What a call answered. */
export async function answer<Result extends { data?: unknown }>(
  call: Promise<Result>,
): Promise<NonNullable<Result["data"]>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new Error("a success without content");
  return data;
}
