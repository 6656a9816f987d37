import { useEffect, useRef } from "react";

import { useApi } from "@/api/client/ApiProvider";
import type { Api } from "@/api/client/client";
import { ApiProblem } from "@/api/client/problem";
import { problemDetail } from "@/api/client/problemText";
import { mapWithConcurrency } from "@/lib/concurrency/mapWithConcurrency";
import { pause } from "@/lib/pause";
import { type Reading, readLine } from "./readLine";
import { asSplit, asWhole, type Line, type Sheet, withLine } from "./sheet";
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
        const reading =
          "done" in settled ? settled.done : { is_read: true, level: null, unreadable: problemDetail(settled.error) };
        update((now) => (now.id === sheet.id ? withReading(now, line, reading) : now));
      },
    );
  }
}

/** The sheet with what was read of a line. Of its two readings, the one remains that is a product. */
function withReading(sheet: Sheet, { product_id, entered_at }: Line, reading: Partial<Reading & Line>): Sheet {
  const { found, ...values } = reading;
  const isSame = (line: Line) => line.product_id === product_id && line.entered_at === entered_at;
  if (!sheet.lines.some(isSame)) return sheet; // it was removed, or counted again
  if (found?.split && !found.whole) return asSplit(sheet, product_id);
  const read = withLine(sheet, product_id, (line) => ({ ...line, unreadable: undefined, ...values }));
  return found?.whole && !found.split ? asWhole(read, product_id) : read;
}
