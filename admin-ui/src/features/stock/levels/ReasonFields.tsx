import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { ApiProblem } from "@/api/client/problem";
import { referenceError } from "@/components/controls/fieldErrors";
import { text } from "@/i18n/text";
import { cutTo, IDENTIFIER_LENGTH_MAX } from "@/lib/identifiers/identifiers";
import { errorOfReason, isErrorOfNote, noteLengthMax, type Reason, REASONS, type UsualReason } from "./reason";

interface ReasonFieldsProps {
  value: Reason;
  onChange: (changes: Partial<Reason>) => void;
  /** Whether invalid fields show their error: only after the first attempt to submit. */
  isTried: boolean;
  /** False for a count of one level, which has no reference. */
  hasReference?: boolean;
  isPending?: boolean;
  /** The error of the last attempt. */
  error?: unknown;
}

/** The reason, a note and the reference of a change, the same for one level and for many. */
export function ReasonFields(props: ReasonFieldsProps) {
  const { value, onChange, isTried, hasReference = true, isPending = false, error } = props;
  const problem = error instanceof ApiProblem ? error : null;
  const reasonProblem = problem?.messageFor("reason") ?? (isTried ? errorOfReason(value) : undefined);
  const option = (reason: UsualReason) => ({ value: reason, label: text(`stock.reason.${reason}`) });
  return (
    <SpaceBetween size="l">
      <FormField label={text("stock.reason")} errorText={isErrorOfNote(value) ? undefined : reasonProblem}>
        <Select
          selectedOption={value.reason === "" ? null : option(value.reason)}
          options={REASONS.map(option)}
          placeholder={text("stock.reason.choose")}
          disabled={isPending}
          expandToViewport
          onChange={({ detail }) => {
            onChange({ reason: REASONS.find((reason) => reason === detail.selectedOption.value) ?? "" });
          }}
        />
      </FormField>
      <FormField
        label={text("stock.note")}
        description={text("stock.note.what")}
        errorText={isErrorOfNote(value) ? reasonProblem : undefined}
      >
        <Input
          value={value.note}
          disabled={isPending}
          onChange={({ detail }) => onChange({ note: cutTo(detail.value, noteLengthMax(value)) })}
        />
      </FormField>
      {hasReference && (
        <FormField
          label={text("stock.reference")}
          description={text("stock.reference.what")}
          errorText={problem?.messageFor("reference") ?? (isTried ? referenceError(value.reference) : undefined)}
        >
          <Input
            value={value.reference}
            disabled={isPending}
            onChange={({ detail }) => onChange({ reference: cutTo(detail.value, IDENTIFIER_LENGTH_MAX) })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
