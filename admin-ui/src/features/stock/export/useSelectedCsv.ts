import { useMutation } from "@tanstack/react-query";

import { useApi } from "@/api/client/ApiProvider";
import { levelName } from "@/api/levels/levelKey";
import { readLevelsOfProduct } from "@/api/levels/listLevelsOfProduct";
import type { Level } from "@/api/types";
import { mapWithConcurrency } from "@/lib/concurrency/mapWithConcurrency";
import { type LevelAsOf, levelsCsv } from "./levelsCsv";

/**
 * The selected levels as a CSV file.
 *
 * Each is read again, because the file says what the level had at which moment, and an import relies on both.
 */
export function useSelectedCsv() {
  const api = useApi();
  return useMutation({
    mutationFn: async (selected: readonly Level[]) => {
      const products = [...new Set(selected.map(({ product_id }) => product_id))];
      const results = await mapWithConcurrency(products, (product_id) => readLevelsOfProduct(api, product_id));
      const found = new Map<string, LevelAsOf>();
      for (const result of results) {
        if ("error" in result) throw result.error as Error; // an incomplete file would look complete
        const { levels, as_of } = result.done;
        levels.forEach((level) => found.set(levelName(level), { level, as_of }));
      }
      const rows = selected.flatMap((level) => found.get(levelName(level)) ?? []); // one may be deleted by now
      return new Blob([levelsCsv(rows)], { type: "text/csv" });
    },
  });
}
