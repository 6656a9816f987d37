import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { problemTitle } from "@/api/client/problemText";
import { SHARDS_MAX } from "@/api/limits";
import { useSpreadLevel } from "@/api/levels/spreadLevel";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { readShards } from "./readShards";

interface SpreadLevelDialogProps {
  level: Level;
  onClose: () => void;
}

/** Spreads a level over shards, after explaining when this is needed. */
export function SpreadLevelDialog({ level, onClose }: SpreadLevelDialogProps) {
  const { product_id, warehouse_id, name } = level;
  const { notify } = useNotifications();
  const spreadLevel = useSpreadLevel();
  const field = useInitialFocus<InputProps.Ref>();
  const [typed, setTyped] = useState(String(level.shards_wanted));
  const [isTried, setIsTried] = useState(false);
  const shards = readShards(typed);
  const problem = spreadLevel.error instanceof ApiProblem ? spreadLevel.error : null;
  const isUnderWay = problem?.code === "SHARDS_CHANGING";
  const refused = problem?.messageFor("shards");

  function submit() {
    setIsTried(true);
    if (shards === null) return;
    spreadLevel.mutate(
      { key: { product_id, warehouse_id }, shards },
      {
        onSuccess: ({ shards, shards_wanted }) => {
          const isDone = shards === shards_wanted;
          notify({
            type: isDone ? "success" : "info",
            content: isDone
              ? text("stock.spread.done", { name, warehouse_id, shards })
              : text("stock.spread.begun", { name, warehouse_id, shards: shards_wanted }),
          });
          onClose();
        },
      },
    );
  }

  return (
    <FormDialog
      header={text("stock.spread.title", { name, warehouse_id })}
      submitText={text("stock.spread.submit")}
      isPending={spreadLevel.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={isUnderWay || refused ? null : spreadLevel.error}
    >
      <Box>{text("stock.spread.when")}</Box>
      <FormField
        label={text("stock.spread.shards")}
        description={text("stock.spread.shards.what", { most: SHARDS_MAX })}
        errorText={
          refused ?? (isTried && shards === null ? text("stock.invalid.shards", { most: SHARDS_MAX }) : undefined)
        }
      >
        <Input
          ref={field}
          type="number"
          inputMode="numeric"
          value={typed}
          onChange={({ detail }) => setTyped(detail.value)}
        />
      </FormField>
      {isUnderWay && (
        <Alert type="info" header={problemTitle(problem)}>
          {text("stock.spread.under_way.what")}
        </Alert>
      )}
    </FormDialog>
  );
}
