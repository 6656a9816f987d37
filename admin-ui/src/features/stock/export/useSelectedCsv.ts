import { useMutation } from "@tanstack/react-query";

import { levelName } from "@/api/levels/levelKey";
import { useReadProduct } from "@/api/levels/levels";
import type { Level } from "@/api/types";
import { doEach } from "@/lib/mapWithConcurrency";
import { latestOf } from "../levels/refreshSelection";
import { levelsCsv } from "./levelsCsv";

interface Selection {
  readonly selected: readonly Level[];
  /** What the page shows of them, and keeps fresh; the others are read anew. */
  readonly shown: readonly Level[];
}

/** Selected levels as a CSV. An import would set stock to its figures, so none of them is of an earlier moment. */
export function useSelectedCsv() {
  const readProduct = useReadProduct();
  return useMutation({
    mutationFn: async ({ selected, shown }: Selection) => {
      const fresh = new Set(shown.map(levelName));
      const elsewhere = selected.filter((level) => !fresh.has(levelName(level)));
      const anew: Level[] = [];
      await doEach([...new Set(elsewhere.map(({ product_id }) => product_id))], readProduct, (_, result) => {
        if ("error" in result) throw result.error as Error; // a file that lacks some would not say so
        anew.push(...result.done);
      });
      return new Blob([levelsCsv(latestOf(selected, [...shown, ...anew]))], { type: "text/csv" });
    },
  });
}
