import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { problemDetail, problemTitle } from "@/api/client/problemText";
import { levelName } from "@/api/levels/levelKey";
import { currentOf, usePatchLevel } from "@/api/levels/patchLevel";
import type { Level } from "@/api/types";
import { reasonError } from "@/components/controls/fieldErrors";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { normalized } from "@/lib/identifiers/identifiers";
import { readUnits } from "../levels/units";

/** The fields of an edit, and the level as it was when the edit started. */
export interface ThresholdDraft {
  readonly seen: Level;
  readonly threshold: string;
  readonly reason: string;
}

export interface ThresholdEdit {
  start: (level: Level) => ThresholdDraft;
  /** The error message of each field: invalid input, or the API's refusal. */
  errorsOf: (draft: ThresholdDraft) => { threshold?: string; reason?: string };
  /** Send the edit. Rejects if a field is invalid or the API refuses it; `errorsOf` then has the message. */
  save: (draft: ThresholdDraft) => Promise<void>;
  submit: TableProps.SubmitEditFunction<Level>;
  cancel: () => void;
}

interface Refusal {
  readonly level: string;
  readonly error: unknown;
  /** The level after another user changed the threshold. Sending the edit again overwrites that change. */
  readonly theirs: Level | null;
}

/** Edits thresholds in place. Other changes to the level in the meantime, such as a sale, are kept. */
export function useThresholdEdit(): ThresholdEdit {
  const { notify } = useNotifications();
  const { mutateAsync: patchLevel } = usePatchLevel();
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  async function send({ seen, reason }: ThresholdDraft, threshold: number): Promise<void> {
    const known = refusalOf(seen)?.theirs ?? seen;
    try {
      await patchLevel({ seen: known, changes: { low_stock_threshold: threshold }, reason: normalized(reason) });
    } catch (error) {
      const current = currentOf(error);
      const isTheirs = current !== null && current.low_stock_threshold !== known.low_stock_threshold;
      setRefusal({ level: levelName(seen), error, theirs: isTheirs ? current : null });
      throw error;
    }
  }

  async function save(draft: ThresholdDraft): Promise<void> {
    const threshold = readUnits(draft.threshold);
    if (threshold === null || reasonError(draft.reason)) throw new Error("Some fields are invalid."); // the fields show their errors
    await send(draft, threshold);
    setRefusal(null);
    const { name, warehouse_id } = draft.seen;
    notify({
      type: "success",
      content: text("stock.threshold.done", { name, warehouse_id, threshold: formatNumber(threshold) }),
    });
  }

  function refusalOf(level: Level): Refusal | null {
    return refusal?.level === levelName(level) ? refusal : null;
  }

  return {
    start: (level) => ({
      seen: level,
      threshold: String(level.low_stock_threshold),
      reason: text("stock.threshold.reason"),
    }),
    errorsOf: (draft) => {
      const threshold = readUnits(draft.threshold);
      const refused = refusalOf(draft.seen);
      return {
        threshold:
          threshold === null ? text("stock.invalid.units") : refused ? refusalText(refused, threshold) : undefined,
        reason: reasonError(draft.reason),
      };
    },
    save,
    submit: (_level, _column, value) => save(value as ThresholdDraft),
    cancel: () => {
      setRefusal(null);
    },
  };
}

function refusalText({ error, theirs }: Refusal, mine: number): string {
  if (!theirs) return `${problemTitle(error)}. ${problemDetail(error)}`;
  return text("stock.threshold.conflict", {
    theirs: formatNumber(theirs.low_stock_threshold),
    mine: formatNumber(mine),
  });
}
