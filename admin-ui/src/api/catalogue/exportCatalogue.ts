import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, dataOf } from "../client/client";
import { ApiProblem } from "../client/problem";
import type { ExportFilter } from "../types";

/** A file: its content, or the address from which the browser downloads it. */
export type ExportedFile = Blob | { readonly url: string };

const POLL_MS = 2_000;

/**
 * The levels that match a filter, as a CSV file.
 *
 * The API answers with the file. If it is too large for an answer, the API writes it in the background.
 */
export function useExportCatalogue() {
  const api = useApi();
  return useMutation({
    mutationFn: async (filter: ExportFilter): Promise<ExportedFile> => {
      try {
        return await dataOf(api.GET("/admin/export", { params: { query: filter }, parseAs: "blob" }));
      } catch (error) {
        if (error instanceof ApiProblem && error.code === "EXPORT_TOO_LARGE") return exportInBackground(api, filter);
        throw error;
      }
    },
  });
}

/** The same file as a text. Fails with EXPORT_TOO_LARGE if it does not fit into an answer. */
export async function readCatalogue(api: Api, filter: ExportFilter): Promise<string> {
  return dataOf(api.GET("/admin/export", { params: { query: filter }, parseAs: "text" }));
}

async function exportInBackground(api: Api, filter: ExportFilter): Promise<ExportedFile> {
  const { export_id } = await dataOf(api.POST("/admin/exports", { params: { query: filter } }));
  for (;;) {
    const { status, url } = await dataOf(api.GET("/admin/exports/{export_id}", { params: { path: { export_id } } }));
    if (url !== null) return { url };
    if (status === "FAILED") throw new Error("The export stopped before its end. Try again.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
