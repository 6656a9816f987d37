import { QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "../client/problem";

const RETRIES_MAX = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always", // a local AWS works without a network
        retry: shouldRetry,
        staleTime: 1_000,
      },
      // Retrying a change is safe: its idempotency key or its version makes it happen once.
      mutations: {
        networkMode: "always",
        retry: shouldRetry,
        retryDelay: (failures) => 500 * 2 ** failures,
      },
    },
  });
}

function shouldRetry(failures: number, error: unknown): boolean {
  return error instanceof ApiProblem && error.isTransient && failures < RETRIES_MAX;
}
