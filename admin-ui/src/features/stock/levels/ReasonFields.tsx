import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";

import { ApiProblem } from "@/api/client/problem";
import { TEXT_LENGTH_MAX } from "@/api/limits";
import { reasonError, referenceError } from "@/components/controls/fieldErrors";
import { text } from "@/i18n/text";
import { cutTo, IDENTIFIER_LENGTH_MAX, normalized } from "@/lib/identifiers/identifiers";

/** Why stock changes, and the id of what caused it. */
export interface Reason {
  readonly reason: string;
  /** Empty for none. */
  readonly reference: string;
}

interface ReasonFieldsProps {
  value: Reason;
  onChange: (changes: Partial<Reason>) => void;
  /** Whether invalid fields show their error: only after the first attempt to submit. */
  isTried: boolean;
  placeholder: string;
  /** False for a count, which has no reference. */
  hasReference?: boolean;
  isPending?: boolean;
  /** The error of the last attempt. */
  error?: unknown;
}

/** The reason and the reference of a change, the same for one level and for many. */
export function ReasonFields(props: ReasonFieldsProps) {
  const { value, onChange, isTried, placeholder, hasReference = true, isPending = false, error } = props;
  const problem = error instanceof ApiProblem ? error : null;
  return (
    <>
      <FormField
        label={text("stock.reason")}
        errorText={problem?.messageFor("reason") ?? (isTried ? reasonError(value.reason) : undefined)}
      >
        <Input
          value={value.reason}
          disabled={isPending}
          placeholder={placeholder}
          onChange={({ detail }) => onChange({ reason: cutTo(detail.value, TEXT_LENGTH_MAX) })}
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
    </>
  );
}

/** The reason and the reference as the API takes them; null while one of them is not valid. */
export function readReason({ reason, reference }: Reason): { reason: string; reference?: string } | null {
  if (reasonError(reason) ?? referenceError(reference)) return null;
  const id = normalized(reference);
  return { reason: normalized(reason), ...(id && { reference: id }) };
}
