import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { ApiProblem } from "@/api/client/problem";
import { problemDetail } from "@/api/client/problemText";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { ReasonFields } from "../levels/ReasonFields";
import type { useLevelChange } from "./useLevelChange";

interface ChangeFieldsProps {
  change: Pick<ReturnType<typeof useLevelChange>, "draft" | "change" | "before" | "after" | "error">;
  /** Whether invalid fields show their error: only after the first attempt to submit. */
  isTried: boolean;
}

/** The number of units, the reason, and a reference. */
export function ChangeFields({ change: { draft, change, before, after, error }, isTried }: ChangeFieldsProps) {
  const firstField = useInitialFocus<InputProps.Ref>();
  const isCount = draft.kind === "count";
  const problem = error instanceof ApiProblem ? error : null;
  const refused =
    problem?.code === "BELOW_RESERVED" ? problemDetail(problem) : problem?.messageFor(isCount ? "on_hand" : "delta");
  const missing = isTried && !after ? text(isCount ? "stock.invalid.units" : "stock.invalid.delta") : undefined;
  const tooFew = after && after.available < 0 ? before.reserved + before.allocated : null;
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label={text("stock.change.kind")}
        selectedId={draft.kind}
        options={[
          { id: "adjust", text: text("stock.adjust") },
          { id: "count", text: text("stock.count") },
        ]}
        onChange={({ detail }) => change({ kind: detail.selectedId === "count" ? "count" : "adjust" })}
      />
      <FormField
        label={text(isCount ? "stock.count.units" : "stock.adjust.delta")}
        description={text(isCount ? "stock.count.units.what" : "stock.adjust.delta.what")}
        errorText={refused ?? missing}
        warningText={
          tooFew === null ? undefined : text("stock.change.below_reserved", { reserved: formatNumber(tooFew) })
        }
      >
        <Input
          ref={firstField}
          type="number"
          inputMode={isCount ? "numeric" : "text"} // the numeric keyboard of a phone has no minus sign
          value={isCount ? draft.counted : draft.delta}
          onChange={({ detail }) => change(isCount ? { counted: detail.value } : { delta: detail.value })}
        />
      </FormField>
      <ReasonFields value={draft} onChange={change} isTried={isTried} hasReference={!isCount} error={error} />
    </SpaceBetween>
  );
}
