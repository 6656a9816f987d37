import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { refreshAfter } from "../queries/refresh";
import type { Import } from "../types";

const PROGRESS_MS = 1_000;

/** Read the report of an import once. */
export function readImport(api: Api, import_id: string, signal: AbortSignal): Promise<Import> {
  return dataOf(api.GET("/admin/imports/{import_id}", { params: { path: { import_id } }, signal }));
}

/**
 * The progress of an import, read every second until it ends.
 *
 * @param continuedFrom the `updated_at` of the report of a stopped import that goes on: its report is not final
 */
export function useGetImport(import_id: string, continuedFrom: string | null = null) {
  const api = useApi();
  const isFinal = (report: Import) => hasEnded(report) && report.updated_at !== continuedFrom;
  return useQuery({
    queryKey: ["imports", import_id],
    queryFn: ({ signal }) => readImport(api, import_id, signal),
    refetchInterval: (query) =>
      query.state.data && isFinal(query.state.data) ? false : refreshAfter(PROGRESS_MS, query),
  });
}

/** Whether an import is over, so that its report is final. */
export function hasEnded({ status }: Import): boolean {
  return status === "DONE" || status === "FAILED";
}
