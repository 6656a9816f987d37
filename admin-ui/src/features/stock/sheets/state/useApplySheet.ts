import { useEffect, useRef } from "react";

import { useApi } from "@/api/client/ApiProvider";
import { useRefreshStock } from "@/api/levels/refreshStock";
import { applySheet } from "./applySheet";
import { hasEnded, type Sheet } from "./sheet";
import type { UpdateSheet } from "./useStoredSheet";

/** Applies a sheet that has begun, also one that a reload or another tab has interrupted. Only one tab does. */
export function useApplySheet(sheet: Sheet, update: UpdateSheet, isHere: boolean): void {
  const api = useApi();
  const refreshStock = useRefreshStock();
  const latest = useRef({ sheet, refreshStock });
  useEffect(() => {
    latest.current = { sheet, refreshStock };
  });
  const isRunning = isHere && sheet.run !== null && !hasEnded(sheet);
  useEffect(() => {
    if (!isRunning) return undefined;
    const abort = new AbortController();
    void applySheet(api, latest.current.sheet, update, abort.signal).then(() => latest.current.refreshStock());
    return () => abort.abort();
  }, [api, isRunning, sheet.id, update]);
}
