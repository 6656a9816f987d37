import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { refreshAfter, REFRESH_MS } from "../queries/refresh";
import type { ExecutionDetails } from "../types";

const FRESH_MS = 10_000;

const executionOptions = (api: Api, execution_name: string) =>
  queryOptions({
    queryKey: ["executions", "one", execution_name],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/admin/reservations/{reservation_id}/execution", {
          params: { path: { reservation_id: execution_name } },
          signal,
        }),
      ),
    staleTime: FRESH_MS,
  });

interface Interest {
  /** Whether somebody wants to see it. */
  readonly isWanted: boolean;
  /** Whether its reservation waits for a payment. */
  readonly isWaiting: boolean;
}

/**
 * The execution of a reservation. It is read once, and again only while it is about to end: the quota of Step Functions is
 * small, and an execution that waits or has ended stays as it is.
 */
export function useInspectExecution(execution_name: string, { isWanted, isWaiting }: Interest) {
  return useQuery({
    ...executionOptions(useApi(), execution_name),
    enabled: isWanted,
    refetchOnWindowFocus: false,
    refetchInterval: (query) =>
      !isWaiting && query.state.data?.status === "RUNNING" ? refreshAfter(REFRESH_MS.list, query) : false,
  });
}

/** Reads the execution of a reservation when somebody asks for it. */
export function useReadExecution(): (execution_name: string) => Promise<ExecutionDetails> {
  const api = useApi();
  const client = useQueryClient();
  return (execution_name) => client.query(executionOptions(api, execution_name));
}
