import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { problemDetail, problemTitle } from "@/api/client/problemText";
import { levelName } from "@/api/levels/levelKey";
import { usePutLevel } from "@/api/levels/putLevel";
import type { Level } from "@/api/types";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
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
  submit: TableProps.SubmitEditFunction<Level>;
  cancel: () => void;
}

interface Refusal {
  readonly level: string;
  readonly error: unknown;
  /** The level after another user changed the threshold. Sending the edit again overwrites that change. */
  readonly theirs: Level | null;
}

const ATTEMPTS_MAX = 5;

/** Edits thresholds in place. Other changes to the level in the meantime, such as a sale, are kept. */
export function useThresholdEdit(): ThresholdEdit {
  const { notify } = useNotifications();
  const { mutateAsync: putLevel } = usePutLevel();
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  async function send({ seen, reason }: ThresholdDraft, threshold: number): Promise<void> {
    let latest = refusalOf(seen)?.theirs ?? seen;
    const known = latest.low_stock_threshold;
    for (let attempt = 1; ; attempt++) {
      try {
        const { product_id, warehouse_id, on_hand, name, category, version } = latest;
        await putLevel({
          key: { product_id, warehouse_id },
          content: { on_hand, name, category, low_stock_threshold: threshold, reason: reason.trim() },
          seen_version: version,
        });
        return;
      } catch (error) {
        const current = error instanceof ApiProblem && error.code === "VERSION_CONFLICT" ? error.current : null;
        // The response to an earlier attempt may have been lost. Then the level already has our threshold.
        if (current?.low_stock_threshold === threshold) return;
        const isTheirs = current !== null && current.low_stock_threshold !== known;
        if (current === null || isTheirs || attempt === ATTEMPTS_MAX) {
          setRefusal({ level: levelName(seen), error, theirs: isTheirs ? current : null });
          throw error;
        }
        latest = current;
      }
    }
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
        reason: draft.reason.trim() ? undefined : text("stock.invalid.reason"),
      };
    },
    submit: async (_level, _column, value) => {
      const draft = value as ThresholdDraft;
      const threshold = readUnits(draft.threshold);
      if (threshold === null || !draft.reason.trim()) throw new Error("Some fields are invalid."); // the fields show their errors
      await send(draft, threshold);
      setRefusal(null);
      const { name, warehouse_id } = draft.seen;
      notify({
        type: "success",
        content: text("stock.threshold.done", { name, warehouse_id, threshold: formatNumber(threshold) }),
      });
    },
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
