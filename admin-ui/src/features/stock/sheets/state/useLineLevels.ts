import { useEffect, useRef } from "react";

import { useApi } from "@/api/client/ApiProvider";
import type { Api } from "@/api/client/client";
import { ApiProblem } from "@/api/client/problem";
import { mapWithConcurrency } from "@/lib/concurrency/mapWithConcurrency";
import { pause } from "@/lib/pause";
import { readLine } from "./readLine";
import { type Sheet, withLine } from "./sheet";
import type { UpdateSheet } from "./useStoredSheet";

const PAUSE_MS = 250; // a scanner that sends several lines at once is read once
const RETRY_MS = 5_000;

/** Reads the levels of the lines that were entered, and again after the network was lost. */
export function useLineLevels(sheet: Sheet, update: UpdateSheet, isHere: boolean): void {
  const api = useApi();
  const latest = useRef(sheet);
  useEffect(() => {
    latest.current = sheet;
  });
  const hasUnread = isHere && sheet.run === null && sheet.lines.some(({ is_read }) => !is_read);
  useEffect(() => {
    if (!hasUnread) return undefined;
    const abort = new AbortController();
    void readUnread(api, () => latest.current, update, abort.signal);
    return () => abort.abort();
  }, [api, hasUnread, update]);
}

async function readUnread(api: Api, current: () => Sheet, update: UpdateSheet, signal: AbortSignal): Promise<void> {
  let waitMs = PAUSE_MS;
  for (;;) {
    await pause(waitMs, signal);
    if (signal.aborted) return;
    waitMs = PAUSE_MS;
    const sheet = current();
    await mapWithConcurrency(
      sheet.lines.filter(({ is_read }) => !is_read),
      (line) => readLine(api, sheet, line),
      (line, settled) => {
        if (signal.aborted) return;
        if ("error" in settled) waitMs = RETRY_MS;
        if ("error" in settled && settled.error instanceof ApiProblem && settled.error.isTransient) return;
        const reading = "done" in settled ? settled.done : { is_read: true };
        update((now) =>
          now.id !== sheet.id
            ? now
            : withLine(
                now,
                line.product_id,
                (same) => (same.entered_at === line.entered_at ? { ...same, ...reading } : same), // else it was counted again
              ),
        );
      },
    );
  }
}
