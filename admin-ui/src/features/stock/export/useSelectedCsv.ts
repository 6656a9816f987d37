import { useMutation } from "@tanstack/react-query";

import { useApi } from "@/api/client/ApiProvider";
import { levelName } from "@/api/levels/levelKey";
import { listLevelsOfProduct } from "@/api/levels/listLevelsOfProduct";
import type { Level } from "@/api/types";
import { mapWithConcurrency } from "@/lib/mapWithConcurrency";
import { refreshSelection } from "../levels/refreshSelection";
import { levelsCsv } from "./levelsCsv";

interface Selection {
  readonly selected: readonly Level[];
  /** The levels on the current page, which are up to date. */
  readonly shown: readonly Level[];
}

/**
 * The selected levels as a CSV file.
 *
 * An import would set stock to these figures, so selected levels of other pages are read again first.
 */
export function useSelectedCsv() {
  const api = useApi();
  return useMutation({
    mutationFn: async ({ selected, shown }: Selection) => {
      const shownNames = new Set(shown.map(levelName));
      const elsewhere = selected.filter((level) => !shownNames.has(levelName(level)));
      const products = [...new Set(elsewhere.map(({ product_id }) => product_id))];
      const results = await mapWithConcurrency(products, (product_id) => listLevelsOfProduct(api, product_id));
      const fresh = results.flatMap((result) => {
        if ("error" in result) throw result.error as Error; // an incomplete file would look complete
        return result.done.items;
      });
      return new Blob([levelsCsv(refreshSelection(selected, [...shown, ...fresh]))], { type: "text/csv" });
    },
  });
}
