import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { useApi } from "../client/ApiProvider";
import { type Api, answer } from "../client/client";
import { ApiProblem } from "../client/problem";
import { readPage, refreshAfter, REFRESH_MS } from "../queries/queries";
import type { AdjustmentRequest, ExportFilter, Level, LevelFilter, LevelRequest } from "../types";
import { withLevel } from "./cachedLevels";
import type { LevelKey } from "./levelKey";

/**
 * One page of levels, from a cursor on; the one before stays while it comes.
 *
 * What is read again and again stays one page, and what is drawn too, however many levels there are.
 */
export function useLevelPage(filter: LevelFilter, cursor: string | undefined, limit: number) {
  const api = useApi();
  const isNarrowed = Object.values(filter).some(Boolean);
  return useQuery({
    queryKey: ["levels", "page", filter, cursor ?? null, limit],
    queryFn: ({ signal }) =>
      readPage(
        (cursor) => answer(api.GET("/admin/inventory", { params: { query: { ...filter, cursor, limit } }, signal })),
        cursor,
        limit,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => refreshAfter(isNarrowed ? REFRESH_MS.dear : REFRESH_MS.cheap, query),
  });
}

/** Every level of one product, by warehouse. */
export function useProductLevels(product_id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["levels", "product", product_id],
    queryFn: ({ signal }) => readProduct(api, product_id, signal),
    select: ({ items }) => items,
    refetchInterval: (query) => refreshAfter(REFRESH_MS.cheap, query),
  });
}

/** Reads every level of a product as it is now, for what is done with it at once. */
export function useReadProduct(): (product_id: string) => Promise<readonly Level[]> {
  const api = useApi();
  return async (product_id) => (await readProduct(api, product_id)).items;
}

function readProduct(api: Api, product_id: string, signal?: AbortSignal) {
  return answer(api.GET("/admin/inventory/{product_id}", { params: { path: { product_id } }, signal }));
}

interface LevelChange {
  readonly key: LevelKey;
  readonly content: LevelRequest;
  /** The version that the editor looked at; null to create the level. */
  readonly seen_version: number | null;
}

/** Set a level as an editor left it. Fails with VERSION_CONFLICT when somebody else changed it meanwhile. */
export function useSetLevel() {
  const api = useApi();
  const changed = useStockChanged();
  return useMutation({
    mutationFn: async ({ key, content, seen_version }: LevelChange): Promise<Level> => {
      try {
        return await answer(
          api.PUT("/admin/inventory/{product_id}/{warehouse_id}", {
            params: { path: key, header: seen_version === null ? {} : { "If-Match": `"${seen_version}"` } },
            body: content,
          }),
        );
      } catch (error) {
        // The answer to the first try may have been lost: then it is our own change that the second one finds.
        if (error instanceof ApiProblem && error.current && isAsWanted(error.current, content)) return error.current;
        throw error;
      }
    },
    onSettled: (level) => changed(level),
  });
}

/** Whether a level is already what an editor wants it to be. */
function isAsWanted(level: Level, content: LevelRequest): boolean {
  return (
    level.on_hand === content.on_hand &&
    level.name === content.name &&
    level.category === content.category &&
    level.low_stock_threshold === content.low_stock_threshold
  );
}

export interface LevelAdjustment {
  readonly key: LevelKey;
  readonly content: AdjustmentRequest;
  /** Names this adjustment, so that it is made once: `newKey()` when the form opens, the same when it is tried again. */
  readonly idempotency_key: string;
}

/** Add units to a level, or take some away. */
export function useAdjustLevel() {
  const api = useApi();
  const changed = useStockChanged();
  return useMutation({
    mutationFn: (adjustment: LevelAdjustment) => adjustLevel(api, adjustment),
    onSettled: (level) => changed(level),
  });
}

/** The same for many levels: each when it is called, and one `changed` for all of them in the end. */
export function useAdjustLevels(): { adjust: (adjustment: LevelAdjustment) => Promise<Level>; changed: () => void } {
  const api = useApi();
  const changed = useStockChanged();
  return { adjust: (adjustment) => adjustLevel(api, adjustment), changed };
}

function adjustLevel(api: Api, { key, content, idempotency_key }: LevelAdjustment): Promise<Level> {
  return answer(
    api.POST("/admin/inventory/{product_id}/{warehouse_id}/adjustments", {
      params: { path: key, header: { "Idempotency-Key": idempotency_key } },
      body: content,
    }),
  );
}

/** The levels that a filter leaves, as a CSV. */
export function useExport() {
  const api = useApi();
  return useMutation({
    mutationFn: (filter: ExportFilter) =>
      answer(api.GET("/admin/export", { params: { query: filter }, parseAs: "blob" })),
  });
}

/** After a change the level that was answered is shown at once, and everything that shows stock is read again. */
function useStockChanged(): (level?: Level) => void {
  const queries = useQueryClient();
  return (level) => {
    if (level) queries.setQueriesData({ queryKey: ["levels"] }, (read: unknown) => withLevel(read, level));
    for (const name of ["levels", "movements", "overview"]) void queries.invalidateQueries({ queryKey: [name] });
  };
}
