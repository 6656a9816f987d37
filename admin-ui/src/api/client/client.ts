import createClient, { type Client } from "openapi-fetch";

import type { paths } from "../schema";

/** The API's calls by path and method, with the types of api/openapi.yaml. */
export type Api = Client<paths>;

/** @param fetch must throw an ApiProblem for every response that is not a success, as authorizedFetch does */
export function createApi(baseUrl: string, fetch: (request: Request) => Promise<Response>): Api {
  return createClient<paths>({ baseUrl: baseUrl || window.location.origin, fetch });
}

/** The body of a successful response. */
export async function dataOf<Result extends { data?: unknown }>(
  call: Promise<Result>,
): Promise<NonNullable<Result["data"]>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new Error("The API returned a success without a body.");
  return data;
}
