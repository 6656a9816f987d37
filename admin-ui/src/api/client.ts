import createClient, { type Client, type FetchResponse } from "openapi-fetch";
import type { MediaType } from "openapi-typescript-helpers";

import type { paths } from "./schema";

/** The API's calls by path and method, typed by api/openapi.yaml. */
export type Api = Client<paths>;

/** @param fetch one that throws for whatever is not a success, as authorizedFetch does */
export function createApi(baseUrl: string, fetch: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl: baseUrl || window.location.origin, fetch });
}

/** What a call answered. */
export async function answer<T extends Record<string | number, unknown>, Options, Media extends MediaType>(
  call: Promise<FetchResponse<T, Options, Media>>,
): Promise<NonNullable<FetchResponse<T, Options, Media>["data"]>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new Error("a success without content");
  return data;
}
