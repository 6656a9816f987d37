import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
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

/** The execution of a reservation. It is read once: the quota of Step Functions is small. */
export function useInspectExecution(execution_name: string, isWanted: boolean) {
  return useQuery({ ...executionOptions(useApi(), execution_name), enabled: isWanted });
}

/** Reads the execution of a reservation when somebody asks for it. */
export function useReadExecution(): (execution_name: string) => Promise<ExecutionDetails> {
  const api = useApi();
  const client = useQueryClient();
  return (execution_name) => client.query(executionOptions(api, execution_name));
}
