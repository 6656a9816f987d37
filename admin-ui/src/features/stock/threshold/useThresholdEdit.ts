import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { levelName } from "@/api/levels/levelKey";
import { useSetLevel } from "@/api/levels/levels";
import type { Level } from "@/api/types";
import { problemDetail, problemTitle } from "@/components/feedback/ErrorState";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { readUnits } from "../levels/units";

/** What is being typed over a threshold, and the level as it was when that began. */
export interface ThresholdDraft {
  readonly seen: Level;
  readonly threshold: string;
  readonly reason: string;
}

export interface ThresholdEdit {
  begin: (level: Level) => ThresholdDraft;
  /** What to say at the fields: why it cannot be sent, or why it was refused. */
  wrongWith: (draft: ThresholdDraft) => { threshold?: string; reason?: string };
  submit: TableProps.SubmitEditFunction<Level>;
  cancel: () => void;
}

interface Refusal {
  readonly level: string;
  readonly error: unknown;
  /** Somebody else set it to this meanwhile; when it is sent again, that is what it takes the place of. */
  readonly theirs: Level | null;
}

const TRIES = 5;

/** Sets thresholds in place. Whatever else was changed about a level meanwhile, a sale for one, is left as it is. */
export function useThresholdEdit(): ThresholdEdit {
  const { notify } = useNotifications();
  const { mutateAsync: setLevel } = useSetLevel();
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  async function send({ seen, reason }: ThresholdDraft, threshold: number): Promise<void> {
    let latest = refusalOf(seen)?.theirs ?? seen;
    const known = latest.low_stock_threshold;
    for (let tries = 1; ; tries++) {
      try {
        const { product_id, warehouse_id, on_hand, name, category, version } = latest;
        await setLevel({
          key: { product_id, warehouse_id },
          content: { on_hand, name, category, low_stock_threshold: threshold, reason: reason.trim() },
          seen_version: version,
        });
        return;
      } catch (error) {
        const current = error instanceof ApiProblem && error.code === "VERSION_CONFLICT" ? error.current : null;
        // The answer to the first try may have been lost, and something sold since: then it is our own that is there.
        if (current?.low_stock_threshold === threshold) return;
        const isTheirs = current !== null && current.low_stock_threshold !== known;
        if (current === null || isTheirs || tries === TRIES) {
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
    begin: (level) => ({
      seen: level,
      threshold: String(level.low_stock_threshold),
      reason: text("stock.threshold.reason"),
    }),
    wrongWith: (draft) => {
      const threshold = readUnits(draft.threshold);
      const refused = refusalOf(draft.seen);
      return {
        threshold:
          threshold === null ? text("stock.wrong.units") : refused ? refusalText(refused, threshold) : undefined,
        reason: draft.reason.trim() ? undefined : text("stock.wrong.reason"),
      };
    },
    submit: async (_level, _column, value) => {
      const draft = value as ThresholdDraft;
      const threshold = readUnits(draft.threshold);
      if (threshold === null || !draft.reason.trim()) throw new Error("not filled in"); // the fields say so
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
  return text("stock.threshold.meanwhile", {
    theirs: formatNumber(theirs.low_stock_threshold),
    mine: formatNumber(mine),
  });
}
