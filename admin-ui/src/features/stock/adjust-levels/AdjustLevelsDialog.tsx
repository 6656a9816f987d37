import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { NO_REASON, readReason, type Reason } from "../levels/reason";
import { ReasonFields } from "../levels/ReasonFields";
import { readDelta } from "../levels/units";
import { AdjustmentTable } from "./AdjustmentTable";
import { hasFailed, isDone, useAdjustLevels } from "./useAdjustLevels";

interface AdjustLevelsDialogProps {
  levels: readonly Level[];
  /** Called with the levels that were adjusted. */
  onClose: (done: readonly Level[]) => void;
}

/** Adjusts several levels, by the same number of units or by a different number each. They share one reason and one reference. */
export function AdjustLevelsDialog({ levels, onClose }: AdjustLevelsDialogProps) {
  const { rows, isPending, submit, setDelta } = useAdjustLevels(levels);
  const [hasOneDelta, setHasOneDelta] = useState(true);
  const [delta, setDeltaOfAll] = useState("");
  const [reason, setReason] = useState<Reason>(NO_REASON);
  const [isTried, setIsTried] = useState(false);
  const firstField = useInitialFocus<InputProps.Ref>();
  const done = rows.filter(isDone);
  const failed = rows.filter(hasFailed);
  const close = () => {
    onClose(done.map(({ level }) => level));
  };

  function submitIfComplete() {
    setIsTried(true);
    const isComplete = rows.every((row) => isDone(row) || readDelta(row.delta) !== null);
    const given = readReason(reason);
    if (isComplete && given) void submit(given);
  }

  return (
    <FormDialog
      size="large"
      header={text("stock.many.title", { count: levels.length })}
      isPending={isPending}
      onClose={close}
      onSubmit={submitIfComplete}
      footer={
        <Footer
          count={{ all: rows.length, done: done.length, failed: failed.length }}
          isPending={isPending}
          onClose={close}
          onSubmit={submitIfComplete}
        />
      }
    >
      <SpaceBetween size="l">
        <SegmentedControl
          label={text("stock.many.units")}
          selectedId={hasOneDelta ? "all" : "each"}
          options={[
            { id: "all", text: text("stock.many.all"), disabled: isPending },
            { id: "each", text: text("stock.many.each"), disabled: isPending },
          ]}
          onChange={({ detail }) => {
            setHasOneDelta(detail.selectedId === "all");
            if (detail.selectedId === "all") setDelta(delta);
          }}
        />
        {hasOneDelta && (
          <FormField
            label={text("stock.adjust.delta")}
            description={text("stock.adjust.delta.what")}
            errorText={isTried && readDelta(delta) === null ? text("stock.invalid.delta") : undefined}
          >
            <Input
              ref={firstField}
              type="number"
              inputMode="text"
              value={delta}
              disabled={isPending}
              onChange={({ detail }) => {
                setDeltaOfAll(detail.value);
                setDelta(detail.value);
              }}
            />
          </FormField>
        )}
        <ReasonFields
          value={reason}
          onChange={(changes) => setReason({ ...reason, ...changes })}
          isTried={isTried}
          isPending={isPending}
        />
        {(isPending || done.length > 0 || failed.length > 0) && (
          <ProgressBar
            label={text("stock.many.progress")}
            value={(100 * (done.length + failed.length)) / rows.length}
            description={text("stock.many.done", { done: done.length, failed: failed.length, all: rows.length })}
          />
        )}
        <AdjustmentTable rows={rows} isPending={isPending} isTried={isTried} onDelta={hasOneDelta ? null : setDelta} />
      </SpaceBetween>
    </FormDialog>
  );
}

interface FooterProps {
  count: { readonly all: number; readonly done: number; readonly failed: number };
  isPending: boolean;
  onClose: () => void;
  onSubmit: () => void;
}

function Footer({ count: { all, done, failed }, isPending, onClose, onSubmit }: FooterProps) {
  if (done === all) {
    return (
      <Button variant="primary" onClick={onClose}>
        {text("close")}
      </Button>
    );
  }
  return (
    <>
      <Button variant="link" disabled={isPending} onClick={onClose}>
        {text(done > 0 ? "close" : "cancel")}
      </Button>
      <Button variant="primary" loading={isPending} onClick={onSubmit}>
        {text(failed > 0 ? "stock.many.retry" : "stock.many.submit", { count: all - done })}
      </Button>
    </>
  );
}
