import { useMutation, useQuery } from "@tanstack/react-query";

import { useApi } from "./ApiProvider";
import { answer } from "./client";
import type { Import, ImportMode } from "./types";

const PROGRESS_MS = 1_000;

/** How an import goes, read until it has ended. `null` when there is none to watch. */
export function useImport(import_id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["imports", import_id],
    queryFn: ({ signal }) =>
      answer(api.GET("/admin/imports/{import_id}", { params: { path: { import_id: import_id ?? "" } }, signal })),
    enabled: import_id !== null,
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data) ? false : PROGRESS_MS),
  });
}

/** Nothing of it changes any more. */
export function hasEnded({ status }: Import): boolean {
  return status === "DONE" || status === "FAILED";
}

/** Hand a CSV in, to be checked or loaded. Answers the import's id at once. */
export function useSubmitImport() {
  const api = useApi();
  return useMutation({
    mutationFn: ({ file, mode }: { file: File; mode: ImportMode }) =>
      answer(
        api.POST("/admin/imports", {
          params: { query: { mode } },
          headers: { "Content-Type": "text/csv" },
          body: file as unknown as string, // as it is, byte for byte
          bodySerializer: (body) => body,
        }),
      ),
    retry: false, // a second one would be another import
  });
}
