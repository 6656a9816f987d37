import { useMutation } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { dataOf } from "../client/client";
import type { ExportFilter } from "../types";

/** The levels that match a filter, as a CSV file. */
export function useExportCatalogue() {
  const api = useApi();
  return useMutation({
    mutationFn: (filter: ExportFilter) =>
      dataOf(api.GET("/admin/export", { params: { query: filter }, parseAs: "blob" })),
  });
}
