import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { levelName } from "@/api/levels/levelKey";
import { TEXT_LENGTH_MAX } from "@/api/limits";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { problemDetail } from "@/components/feedback/ErrorState";
import { Quantity } from "@/components/values/Quantity";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { readDelta } from "../levels/units";
import { hasFailed, isDone, type Row, useManyChanges } from "./useAdjustLevels";

interface AdjustManyDialogProps {
  levels: readonly Level[];
  /** Closed; with those that were adjusted. */
  onClose: (done: readonly Level[]) => void;
}

/** Adds units to several levels, or takes some away: as many to each, or to each its own; one reason for all. */
export function AdjustManyDialog({ levels, onClose }: AdjustManyDialogProps) {
  const many = useManyChanges(levels);
  const [isForAll, setIsForAll] = useState(true);
  const [delta, setDelta] = useState("");
  const [reason, setReason] = useState("");
  const [isTried, setIsTried] = useState(false);
  const firstField = useInitialFocus<InputProps.Ref>();
  const done = many.rows.filter(isDone);
  const failed = many.rows.filter(hasFailed);
  const left = many.rows.length - done.length; // what is done is not sent again
  const close = () => {
    onClose(done.map(({ level }) => level));
  };

  function submit() {
    setIsTried(true);
    const isComplete = many.rows.every((row) => isDone(row) || readDelta(row.delta) !== null);
    if (isComplete && reason.trim()) void many.submit(reason.trim());
  }

  return (
    <FormDialog
      size="large"
      header={text("stock.many.title", { count: levels.length })}
      isPending={many.isPending}
      onClose={close}
      onSubmit={submit}
      footer={
        left === 0 ? (
          <Button variant="primary" onClick={close}>
            {text("close")}
          </Button>
        ) : (
          <>
            <Button variant="link" disabled={many.isPending} onClick={close}>
              {text(done.length > 0 ? "close" : "cancel")}
            </Button>
            <Button variant="primary" loading={many.isPending} onClick={submit}>
              {text(failed.length > 0 ? "stock.many.retry" : "stock.many.submit", { count: left })}
            </Button>
          </>
        )
      }
    >
      <SpaceBetween size="l">
        <SegmentedControl
          label={text("stock.many.way")}
          selectedId={isForAll ? "all" : "each"}
          options={[
            { id: "all", text: text("stock.many.all"), disabled: many.isPending },
            { id: "each", text: text("stock.many.each"), disabled: many.isPending },
          ]}
          onChange={({ detail }) => {
            setIsForAll(detail.selectedId === "all");
            if (detail.selectedId === "all") many.type(delta);
          }}
        />
        {isForAll && (
          <FormField
            label={text("stock.adjust.delta")}
            description={text("stock.adjust.delta.what")}
            errorText={isTried && readDelta(delta) === null ? text("stock.wrong.delta") : undefined}
          >
            <Input
              ref={firstField}
              type="number"
              inputMode="text"
              value={delta}
              disabled={many.isPending}
              onChange={({ detail }) => {
                setDelta(detail.value);
                many.type(detail.value);
              }}
            />
          </FormField>
        )}
        <FormField
          label={text("stock.reason")}
          errorText={isTried && !reason.trim() ? text("stock.wrong.reason") : undefined}
        >
          <Input
            value={reason}
            disabled={many.isPending}
            placeholder={text("stock.adjust.reason.example")}
            onChange={({ detail }) => {
              setReason(detail.value.slice(0, TEXT_LENGTH_MAX));
            }}
          />
        </FormField>
        {(many.isPending || done.length > 0 || failed.length > 0) && (
          <ProgressBar
            label={text("stock.many.progress")}
            value={(100 * (done.length + failed.length)) / many.rows.length}
            description={text("stock.many.done", { done: done.length, failed: failed.length, all: many.rows.length })}
          />
        )}
        <Table
          variant="borderless"
          contentDensity="compact"
          wrapLines
          ariaLabels={{ tableLabel: text("stock.many.title", { count: levels.length }) }}
          items={many.rows}
          trackBy={({ level }) => levelName(level)}
          columnDefinitions={[
            {
              id: "name",
              header: text("stock.column.name"),
              isRowHeader: true,
              cell: ({ level: { name, warehouse_id } }) => `${name} (${warehouse_id})`,
            },
            {
              id: "on_hand",
              header: text("stock.column.on_hand"),
              cell: ({ level }) => <Quantity value={level.on_hand} />,
            },
            ...(isForAll
              ? []
              : [
                  {
                    id: "delta",
                    header: text("stock.adjust.delta"),
                    minWidth: 130,
                    cell: (row: Row) => (
                      <FormField errorText={isTried && readDelta(row.delta) === null && text("stock.wrong.delta")}>
                        <Input
                          type="number"
                          inputMode="text"
                          ariaLabel={text("stock.many.delta_of", {
                            name: row.level.name,
                            warehouse_id: row.level.warehouse_id,
                          })}
                          value={row.delta}
                          disabled={many.isPending || isDone(row)}
                          onChange={({ detail }) => {
                            many.type(detail.value, row.level);
                          }}
                        />
                      </FormField>
                    ),
                  },
                ]),
            { id: "after", header: text("stock.change.after"), cell: (row) => <After row={row} /> },
            { id: "outcome", header: text("stock.many.outcome"), minWidth: 160, cell: (row) => <Result row={row} /> },
          ]}
        />
      </SpaceBetween>
    </FormDialog>
  );
}

/** How many will be on hand; or how many are, once it is done. */
function After({ row: { level, delta, outcome } }: { row: Row }) {
  if (typeof outcome === "object" && "done" in outcome) return <Quantity value={outcome.done.on_hand} />;
  const units = readDelta(delta);
  return units === null ? "—" : <Quantity value={level.on_hand + units} />;
}

function Result({ row: { outcome } }: { row: Row }) {
  if (outcome === "waiting") return <Box color="text-body-secondary">—</Box>;
  if (outcome === "working") return <StatusIndicator type="loading">{text("stock.many.working")}</StatusIndicator>;
  if ("done" in outcome) return <StatusIndicator type="success">{text("stock.many.is_done")}</StatusIndicator>;
  const wasMade = outcome.error instanceof ApiProblem && outcome.error.code === "IDEMPOTENCY_CONFLICT";
  return (
    <StatusIndicator type={wasMade ? "info" : "error"}>
      {wasMade ? text("stock.already_made") : problemDetail(outcome.error)}
    </StatusIndicator>
  );
}
