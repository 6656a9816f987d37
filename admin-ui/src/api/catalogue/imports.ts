import { useMutation, useQuery } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { answer } from "../client/client";
import { refreshAfter } from "../queries/queries";
import type { Import, ImportMode } from "../types";

const PROGRESS_MS = 1_000;

/** How an import goes, read until it has ended. `null` when there is none to watch. */
export function useImport(import_id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["imports", import_id],
    queryFn: ({ signal }) =>
      answer(api.GET("/admin/imports/{import_id}", { params: { path: { import_id: import_id ?? "" } }, signal })),
    enabled: import_id !== null,
    refetchInterval: (query) =>
      query.state.data && hasEnded(query.state.data) ? false : refreshAfter(PROGRESS_MS, query),
  });
}

/** Nothing of it changes any more. */
export function hasEnded({ status }: Import): boolean {
  return status === "DONE" || status === "FAILED";
}

export interface Submission {
  readonly file: File;
  readonly mode: ImportMode;
  /** Names this import, so that it is made once: sent again, it is answered with the same id. */
  readonly idempotency_key: string;
}

/** Hand a CSV in, to be checked or loaded. Answers the import's id at once. */
export function useSubmitImport() {
  const api = useApi();
  return useMutation({
    mutationFn: ({ file, mode, idempotency_key }: Submission) =>
      answer(
        api.POST("/admin/imports", {
          params: { query: { mode }, header: { "Idempotency-Key": idempotency_key } },
          headers: { "Content-Type": "text/csv" },
          body: file as unknown as string, // as it is, byte for byte
          bodySerializer: (body) => body,
        }),
      ),
  });
}
