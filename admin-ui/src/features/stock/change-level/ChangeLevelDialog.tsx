import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { Comparison } from "../levels/LevelComparison";
import { ChangeFields } from "./ChangeFields";
import { useLevelChange } from "./useLevelChange";

/** Changes one level: by a number of units, or to a count. Shows what that makes of it. */
export function ChangeDialog({ level, onClose }: { level: Level; onClose: () => void }) {
  const { notify } = useNotifications();
  const [isTried, setIsTried] = useState(false);
  const { name, warehouse_id } = level;
  const change = useLevelChange(level, (after, before) => {
    const [was, is] = [formatNumber(before.on_hand), formatNumber(after.on_hand)];
    notify({ type: "success", content: text("stock.change.done", { name, warehouse_id, was, is }) });
    onClose();
  });
  const header = text("stock.change.title", { name, warehouse_id });
  const { conflict, after, before } = change;
  const wasMade = change.error instanceof ApiProblem && change.error.code === "IDEMPOTENCY_CONFLICT";

  if (conflict) {
    return (
      <FormDialog
        header={header}
        onClose={onClose}
        isPending={change.isPending}
        footer={
          <>
            <Button variant="link" onClick={onClose}>
              {text("stock.conflict.take_theirs")}
            </Button>
            <Button onClick={conflict.goOn}>{text("stock.conflict.go_on")}</Button>
            <Button variant="primary" loading={change.isPending} onClick={conflict.applyMine}>
              {text("stock.conflict.apply_mine")}
            </Button>
          </>
        }
      >
        <SpaceBetween size="l">
          <Alert type="warning" header={text("problem.version_conflict")}>
            {text("stock.conflict.what")}
          </Alert>
          <Comparison
            label={text("problem.version_conflict")}
            sides={[
              { title: text("stock.conflict.seen"), level: before },
              { title: text("stock.conflict.now"), level: conflict.current },
              { title: text("stock.conflict.yours"), level: after },
            ]}
          />
        </SpaceBetween>
      </FormDialog>
    );
  }
  return (
    <FormDialog
      header={header}
      onClose={onClose}
      isPending={change.isPending}
      submitText={text(change.draft.way === "count" ? "stock.count.submit" : "stock.adjust.submit")}
      error={isAtAField(change.error) || wasMade ? null : change.error}
      onSubmit={() => {
        setIsTried(true);
        if (change.isComplete) change.submit();
      }}
    >
      <SpaceBetween size="l">
        <ChangeFields change={change} isTried={isTried} />
        <Comparison
          label={text("stock.change.effect")}
          sides={[
            { title: text("stock.change.before"), level: before },
            { title: text("stock.change.after"), level: after },
          ]}
        />
        {wasMade && (
          <Alert type="info" header={text("stock.already_made")}>
            {text("stock.already_made.what")}
          </Alert>
        )}
      </SpaceBetween>
    </FormDialog>
  );
}

/** Whether an error is told at the field that it is about. */
function isAtAField(error: unknown): boolean {
  return error instanceof ApiProblem && (error.code === "BELOW_RESERVED" || error.errors.length > 0);
}
