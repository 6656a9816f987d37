import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import type { ImportMode } from "../types";

export interface ImportRequest {
  readonly file: File;
  readonly mode: ImportMode;
  /** Every retry sends the same key and gets the same import id. */
  readonly idempotency_key: string;
}

/** Send a CSV to be checked or loaded. The API returns the import's id at once and works in the background. */
export function useImportCatalogue() {
  const api = useApi();
  return useMutation({
    mutationFn: ({ file, mode, idempotency_key }: ImportRequest) =>
      dataOf(
        api.POST("/admin/imports", {
          params: { query: { mode }, header: { "Idempotency-Key": idempotency_key } },
          headers: { "Content-Type": "text/csv" },
          body: file as unknown as string, // sent byte for byte
          bodySerializer: (body) => body,
        }),
      ),
  });
}
