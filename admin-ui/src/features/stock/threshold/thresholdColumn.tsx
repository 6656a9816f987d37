import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";

import { TEXT_LENGTH_MAX } from "@/api/limits";
import type { Level } from "@/api/types";
import { Quantity } from "@/components/values/Quantity";
import { text } from "@/i18n/text";
import { cutTo } from "@/lib/identifiers/identifiers";
import type { ThresholdDraft, ThresholdEdit } from "./useThresholdEdit";

/** The threshold column. The threshold is edited in place, together with a reason. */
export function thresholdColumn(edit: ThresholdEdit | null): TableProps.ColumnDefinition<Level> {
  return {
    id: "low_stock_threshold",
    header: text("stock.column.low_stock_threshold"),
    sortingField: "low_stock_threshold",
    minWidth: edit ? 110 : undefined,
    cell: ({ low_stock_threshold }) => <Quantity value={low_stock_threshold} />,
    ...(edit && {
      editConfig: {
        ariaLabel: text("stock.column.low_stock_threshold"),
        editIconAriaLabel: text("stock.threshold.editable"),
        editingCell: (level, { currentValue, setValue }: TableProps.CellContext<ThresholdDraft>) => (
          <ThresholdFields draft={currentValue ?? edit.start(level)} onChange={setValue} edit={edit} />
        ),
      },
    }),
  };
}

interface ThresholdFieldsProps {
  draft: ThresholdDraft;
  onChange: (draft: ThresholdDraft) => void;
  edit: ThresholdEdit;
}

/** The threshold and the reason. */
export function ThresholdFields({ draft, onChange, edit }: ThresholdFieldsProps) {
  const errors = edit.errorsOf(draft);
  return (
    <div ref={scrollIntoView}>
      <SpaceBetween size="xxs">
        <FormField label={text("stock.column.low_stock_threshold")} errorText={errors.threshold}>
          <Input
            autoFocus
            type="number"
            inputMode="numeric"
            value={draft.threshold}
            onChange={({ detail }) => {
              onChange({ ...draft, threshold: detail.value });
            }}
          />
        </FormField>
        <FormField label={text("stock.reason")} errorText={errors.reason}>
          <Input
            value={draft.reason}
            onChange={({ detail }) => {
              onChange({ ...draft, reason: cutTo(detail.value, TEXT_LENGTH_MAX) });
            }}
          />
        </FormField>
      </SpaceBetween>
    </div>
  );
}

/** Scroll the buttons beside the fields into view, which a narrow screen cuts off. */
function scrollIntoView(fields: HTMLElement | null) {
  fields?.closest("td")?.scrollIntoView({ block: "nearest", inline: "end" });
}
