import { useQueryClient } from "@tanstack/react-query";

import type { Level } from "../types";
import { withLevel } from "./cachedLevels";

/** After a change: show the level that the API returned at once, and read everything that shows stock again. */
export function useRefreshStock(): (level?: Level) => void {
  const queries = useQueryClient();
  return (level) => {
    if (level) {
      queries.setQueriesData({ queryKey: ["levels"] }, (data: unknown) => withLevel(data, level));
      queries.setQueryData(["names", level.product_id], level.name);
    }
    for (const name of ["levels", "movements", "overview", "attention", "search"])
      void queries.invalidateQueries({ queryKey: [name] });
  };
}
