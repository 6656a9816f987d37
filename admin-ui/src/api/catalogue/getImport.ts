import { useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import { refreshAfter } from "../queries/refresh";
import type { Import } from "../types";

const PROGRESS_MS = 1_000;

/** The progress of an import, read every second until it ends. */
export function useGetImport(import_id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["imports", import_id],
    queryFn: ({ signal }) => dataOf(api.GET("/admin/imports/{import_id}", { params: { path: { import_id } }, signal })),
    refetchInterval: (query) =>
      query.state.data && hasEnded(query.state.data) ? false : refreshAfter(PROGRESS_MS, query),
  });
}

/** Whether an import is over, so that its report is final. */
export function hasEnded({ status }: Import): boolean {
  return status === "DONE" || status === "FAILED";
}
