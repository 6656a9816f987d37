import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { levelName } from "@/api/levels/levelKey";
import { useAdjustLevel, useProductLevels, useSetLevel } from "@/api/levels/levels";
import { newKey } from "@/api/queries/queries";
import type { Level } from "@/api/types";
import { readDelta, readUnits, withOnHand } from "../levels/units";

/** What is typed about a level: a number of units to add, or all that were counted. */
export interface ChangeDraft {
  readonly way: "adjust" | "count";
  readonly delta: string;
  readonly counted: string;
  readonly reason: string;
  readonly reference: string;
}

const EMPTY: ChangeDraft = { way: "adjust", delta: "", counted: "", reason: "", reference: "" };

/**
 * A change of one level by hand.
 *
 * An adjustment is made to whatever is there, so it is shown on the latest figures. A count replaces what somebody saw,
 * so it is sent with the version that was seen, and meets a conflict when there is another one meanwhile.
 */
export function useLevelChange(level: Level, onDone: (after: Level, before: Level) => void) {
  const [draft, setDraft] = useState(EMPTY);
  const [seen, setSeen] = useState(level);
  const [key] = useState(newKey); // the same for each try, so that the units are added once
  const adjusting = useAdjustLevel();
  const setting = useSetLevel();
  const levels = useProductLevels(level.product_id);
  const latest = levels.data?.find((other) => levelName(other) === levelName(level)) ?? seen;

  const isCount = draft.way === "count";
  const before = isCount ? seen : latest;
  const units = isCount ? readUnits(draft.counted) : readDelta(draft.delta);
  const { error, isPending } = isCount ? setting : adjusting;
  const current = error instanceof ApiProblem && error.code === "VERSION_CONFLICT" ? error.current : null;

  function count(on: Level, on_hand: number) {
    const { product_id, warehouse_id, name, category, low_stock_threshold, version } = on;
    setting.mutate(
      {
        key: { product_id, warehouse_id },
        content: { on_hand, name, category, low_stock_threshold, reason: draft.reason.trim() },
        seen_version: version,
      },
      { onSuccess: (after) => onDone(after, on) },
    );
  }

  function adjust(delta: number) {
    const { product_id, warehouse_id } = level;
    const reference = draft.reference.trim();
    adjusting.mutate(
      {
        key: { product_id, warehouse_id },
        content: { delta, reason: draft.reason.trim(), ...(reference && { reference }) },
        idempotency_key: key,
      },
      { onSuccess: (after) => onDone(after, { ...after, on_hand: after.on_hand - delta }) },
    );
  }

  return {
    draft,
    change: (changes: Partial<ChangeDraft>) => {
      setDraft((current) => ({ ...current, ...changes }));
      if (error) [adjusting, setting].forEach((mutation) => mutation.reset()); // it was about what was typed before
    },
    before,
    /** What the level would be; null while no units are typed. */
    after: units === null ? null : withOnHand(before, isCount ? units : before.on_hand + units),
    isComplete: units !== null && draft.reason.trim() !== "",
    isPending,
    error,
    submit: () => {
      if (units === null || isPending) return;
      if (isCount) count(seen, units);
      else adjust(units);
    },
    /** The level as it is now, when a count met another version of it than was seen. */
    conflict: current && {
      current,
      applyMine: () => {
        setSeen(current);
        if (units !== null) count(current, units);
      },
      goOn: () => {
        setSeen(current);
        setting.reset();
      },
    },
  };
}
