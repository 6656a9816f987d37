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
import { LevelComparison } from "../levels/LevelComparison";
import type { UsualReason } from "../levels/reason";
import { ChangeFields } from "./ChangeFields";
import { useLevelChange } from "./useLevelChange";

interface ChangeLevelDialogProps {
  level: Level;
  onClose: () => void;
  /** The reason that is chosen at first. */
  reason?: UsualReason;
}

/** Changes one level by a number of units, or to a counted number. Shows the effect before it is sent. */
export function ChangeLevelDialog({ level, onClose, reason }: ChangeLevelDialogProps) {
  const { notify } = useNotifications();
  const [isTried, setIsTried] = useState(false);
  const { name, warehouse_id } = level;
  const change = useLevelChange(
    level,
    (after, before) => {
      const [was, is] = [formatNumber(before.on_hand), formatNumber(after.on_hand)];
      notify({ type: "success", content: text("stock.change.done", { name, warehouse_id, was, is }) });
      onClose();
    },
    reason,
  );
  const header = text("stock.change.title", { name, warehouse_id });
  const { conflict, after, before } = change;
  const isAlreadyApplied = change.error instanceof ApiProblem && change.error.code === "IDEMPOTENCY_CONFLICT";

  if (conflict) {
    return (
      <FormDialog
        header={header}
        onClose={onClose}
        isPending={change.isPending}
        footer={
          <>
            <Button variant="link" onClick={onClose}>
              {text("stock.conflict.keep_current")}
            </Button>
            <Button onClick={conflict.continueEditing}>{text("stock.conflict.continue")}</Button>
            <Button variant="primary" loading={change.isPending} onClick={conflict.apply}>
              {text("stock.conflict.apply")}
            </Button>
          </>
        }
      >
        <SpaceBetween size="l">
          <Alert type="warning" header={text("problem.version_conflict")}>
            {text("stock.conflict.what")}
          </Alert>
          <LevelComparison
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
      submitText={text(change.draft.kind === "count" ? "stock.count.submit" : "stock.adjust.submit")}
      error={isFieldError(change.error) || isAlreadyApplied ? null : change.error}
      onSubmit={() => {
        setIsTried(true);
        if (change.isComplete) change.submit();
      }}
    >
      <SpaceBetween size="l">
        <ChangeFields change={change} isTried={isTried} />
        <LevelComparison
          label={text("stock.change.effect")}
          sides={[
            { title: text("stock.change.before"), level: before },
            { title: text("stock.change.after"), level: after },
          ]}
        />
        {isAlreadyApplied && (
          <Alert type="info" header={text("stock.already_applied")}>
            {text("stock.already_applied.what")}
          </Alert>
        )}
      </SpaceBetween>
    </FormDialog>
  );
}

/** Whether an error is shown at its field. */
function isFieldError(error: unknown): boolean {
  return error instanceof ApiProblem && (error.code === "BELOW_RESERVED" || error.errors.length > 0);
}
