import { useState } from "react";

import { levelName } from "@/api/levels/levelKey";
import { useAdjustLevels } from "@/api/levels/levels";
import { newKey } from "@/api/queries/queries";
import type { Level } from "@/api/types";
import { doEach } from "@/lib/mapWithConcurrency";
import { readDelta } from "../levels/units";

/** What became of one row: nothing yet, or how it ended. */
export type Outcome = "waiting" | "working" | { readonly done: Level } | { readonly error: unknown };

/** One of several levels that are adjusted together. */
export interface Row {
  readonly level: Level;
  /** The same for each try, so that its units are added once. */
  readonly key: string;
  readonly delta: string;
  readonly outcome: Outcome;
}

/** Adjusts several levels, each by itself: what fails can be tried again, and what is done stays done. */
export function useManyChanges(levels: readonly Level[]) {
  const { adjust, changed } = useAdjustLevels();
  const [rows, setRows] = useState<readonly Row[]>(() =>
    levels.map((level) => ({ level, key: newKey(), delta: "", outcome: "waiting" })),
  );
  const [isPending, setIsPending] = useState(false);

  const change = (wanted: (row: Row) => boolean, changes: Partial<Row>) => {
    setRows((current) => current.map((row) => (wanted(row) ? { ...row, ...changes } : row)));
  };
  const is = (level: Level) => (row: Row) => levelName(row.level) === levelName(level);

  async function submit(reason: string) {
    const toDo = rows.filter((row) => !isDone(row));
    setIsPending(true);
    change((row) => toDo.includes(row), { outcome: "working" });
    await doEach(
      toDo,
      ({ level: { product_id, warehouse_id }, key, delta }) =>
        adjust({
          key: { product_id, warehouse_id },
          content: { delta: readDelta(delta) ?? 0, reason },
          idempotency_key: key,
        }),
      ({ level }, outcome) => {
        change(is(level), { outcome });
      },
    );
    setIsPending(false);
    changed();
  }

  return {
    rows,
    isPending,
    submit,
    /** Type a delta for one level, or for all of them that are not done. */
    type: (delta: string, level?: Level) => {
      change((row) => !isDone(row) && (!level || is(level)(row)), { delta, outcome: "waiting" });
    },
  };
}

export function isDone({ outcome }: Row): boolean {
  return typeof outcome === "object" && "done" in outcome;
}

export function hasFailed({ outcome }: Row): boolean {
  return typeof outcome === "object" && "error" in outcome;
}
