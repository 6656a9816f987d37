import { useState } from "react";

import { useAdjustLevel } from "@/api/levels/adjustLevel";
import { levelName } from "@/api/levels/levelKey";
import { useListLevelsOfProduct } from "@/api/levels/listLevelsOfProduct";
import { currentOf } from "@/api/levels/patchLevel";
import { changeOf, usePutLevel } from "@/api/levels/putLevel";
import { newIdempotencyKey, wasRefused } from "@/api/queries/idempotencyKey";
import type { Level } from "@/api/types";
import { NO_REASON, readReason, type Reason } from "../levels/reason";
import { readDelta, readUnits, withOnHand } from "../levels/units";

/** The fields of a change: a number of units to add, or the counted number. */
export interface ChangeDraft extends Reason {
  readonly kind: "adjust" | "count";
  readonly delta: string;
  readonly counted: string;
}

const EMPTY: ChangeDraft = { ...NO_REASON, kind: "adjust", delta: "", counted: "" };

/**
 * The state of a change of one level.
 *
 * An adjustment is relative, so its effect is shown on the current figures. A count replaces the figures that the user
 * saw, so it is sent with the version that the user saw, and conflicts if the level has another version by now.
 *
 * @param reason the reason that is chosen at first
 */
export function useLevelChange(
  level: Level,
  onDone: (after: Level, before: Level) => void,
  reason: ChangeDraft["reason"] = "",
) {
  const [draft, setDraft] = useState({ ...EMPTY, reason });
  const [seen, setSeen] = useState(level);
  // The same for every attempt, so that units are added once; a new one after a refusal, which the API repeats.
  const [idempotency_key, setIdempotencyKey] = useState(newIdempotencyKey);
  const adjustLevel = useAdjustLevel();
  const putLevel = usePutLevel();
  const levels = useListLevelsOfProduct(level.product_id);
  const latest = levels.data?.find((other) => levelName(other) === levelName(level)) ?? seen;

  const isCount = draft.kind === "count";
  const before = isCount ? seen : latest;
  const units = isCount ? readUnits(draft.counted) : readDelta(draft.delta);
  const given = readReason(isCount ? { ...draft, reference: "" } : draft);
  const { error, isPending } = isCount ? putLevel : adjustLevel;
  const current = currentOf(error);

  function sendCount(seenLevel: Level, on_hand: number) {
    putLevel.mutate(changeOf(seenLevel, { on_hand, reason: given?.reason ?? "" }), {
      onSuccess: (after) => onDone(after, seenLevel),
    });
  }

  function sendAdjustment(delta: number) {
    const { product_id, warehouse_id } = level;
    adjustLevel.mutate(
      {
        key: { product_id, warehouse_id },
        content: { delta, reason: "", ...given },
        idempotency_key,
      },
      {
        onSuccess: (after) => onDone(after, { ...after, on_hand: after.on_hand - delta }),
        onError: (refusal) => {
          if (wasRefused(refusal)) setIdempotencyKey(newIdempotencyKey());
        },
      },
    );
  }

  return {
    draft,
    change: (changes: Partial<ChangeDraft>) => {
      setDraft((current) => ({ ...current, ...changes }));
      if (error) [adjustLevel, putLevel].forEach((mutation) => mutation.reset()); // the error belongs to the old values
    },
    before,
    /** The level after the change; null while the units are not valid. */
    after: units === null ? null : withOnHand(before, isCount ? units : before.on_hand + units),
    isComplete: units !== null && given !== null,
    isPending,
    error,
    submit: () => {
      if (units === null || given === null || isPending) return;
      if (isCount) sendCount(seen, units);
      else sendAdjustment(units);
    },
    /** The current level, if a count conflicts with another version than the user saw. */
    conflict: current && {
      current,
      apply: () => {
        setSeen(current);
        if (units !== null) sendCount(current, units);
      },
      continueEditing: () => {
        setSeen(current);
        putLevel.reset();
      },
    },
  };
}
