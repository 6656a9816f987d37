import { useState } from "react";

import { useApi } from "@/api/client/ApiProvider";
import { adjustLevel } from "@/api/levels/adjustLevel";
import { levelName } from "@/api/levels/levelKey";
import { useRefreshStock } from "@/api/levels/refreshStock";
import { newIdempotencyKey, wasRefused } from "@/api/queries/idempotencyKey";
import type { AdjustmentRequest, Level } from "@/api/types";
import { mapWithConcurrency, type Settled } from "@/lib/concurrency/mapWithConcurrency";
import { readDelta } from "../levels/units";

/** The state of one adjustment. */
export type Outcome = "waiting" | "working" | Settled<Level>;

/** One of several levels that are adjusted together. */
export interface Row {
  readonly level: Level;
  /** The same for every attempt, so that the units are added once; a new one after a refusal, which the API repeats. */
  readonly idempotency_key: string;
  readonly delta: string;
  readonly outcome: Outcome;
}

/** Adjusts several levels independently. A level that failed can be retried; one that succeeded is not sent again. */
export function useAdjustLevels(levels: readonly Level[]) {
  const api = useApi();
  const refreshStock = useRefreshStock();
  const [rows, setRows] = useState<readonly Row[]>(() =>
    levels.map((level) => ({ level, idempotency_key: newIdempotencyKey(), delta: "", outcome: "waiting" })),
  );
  const [isPending, setIsPending] = useState(false);

  const update = (matches: (row: Row) => boolean, changes: Partial<Row>) => {
    setRows((current) => current.map((row) => (matches(row) ? { ...row, ...changes } : row)));
  };
  const isFor = (level: Level) => (row: Row) => levelName(row.level) === levelName(level);

  /** Send what is not done yet. Every adjustment has the same reason and the same reference. */
  async function submit(reason: Pick<AdjustmentRequest, "reason" | "reference">) {
    const pending = rows.filter((row) => !isDone(row));
    setIsPending(true);
    update((row) => pending.includes(row), { outcome: "working" });
    await mapWithConcurrency(
      pending,
      ({ level: { product_id, warehouse_id }, idempotency_key, delta }) =>
        adjustLevel(api, {
          key: { product_id, warehouse_id },
          content: { delta: readDelta(delta) ?? 0, ...reason },
          idempotency_key,
        }),
      ({ level }, outcome) => {
        const isRefused = "error" in outcome && wasRefused(outcome.error);
        update(isFor(level), { outcome, ...(isRefused && { idempotency_key: newIdempotencyKey() }) });
      },
    );
    setIsPending(false);
    refreshStock();
  }

  return {
    rows,
    isPending,
    submit,
    /** Set the delta of one level, or of all levels that are not done. */
    setDelta: (delta: string, level?: Level) => {
      update((row) => !isDone(row) && (!level || isFor(level)(row)), { delta, outcome: "waiting" });
    },
  };
}

export function isDone({ outcome }: Row): boolean {
  return typeof outcome === "object" && "done" in outcome;
}

export function hasFailed({ outcome }: Row): boolean {
  return typeof outcome === "object" && "error" in outcome;
}
