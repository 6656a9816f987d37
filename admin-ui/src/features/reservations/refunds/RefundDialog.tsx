import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { problemDetail } from "@/api/client/problemText";
import { TEXT_LENGTH_MAX } from "@/api/limits";
import { useRecordRefund } from "@/api/reservations/recordRefund";
import type { Refund } from "@/api/types";
import { identifierError, textError } from "@/components/controls/fieldErrors";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { cutTo, IDENTIFIER_LENGTH_MAX, normalized } from "@/lib/identifiers/identifiers";
import { moneyOf } from "./money";

// It was returned under another reference, or it has bought its reservation since.
const CONFLICTS = ["REFUND_CONFLICT", "ALREADY_DECIDED"] as const;

/** What the dialog shows of a payment. */
export type OpenRefund = Pick<Refund, "execution_name" | "payment_reference" | "amount" | "currency">;

/** Records that a payment was returned at the payment provider. */
export function RefundDialog({ refund, onClose }: { refund: OpenRefund; onClose: () => void }) {
  const { execution_name, payment_reference } = refund;
  const { notify } = useNotifications();
  const recordRefund = useRecordRefund();
  const firstField = useInitialFocus<InputProps.Ref>();
  const [typed, setTyped] = useState({ reference: "", note: "" });
  const [isTried, setIsTried] = useState(false);
  const problem = recordRefund.error instanceof ApiProblem ? recordRefund.error : null;
  const conflict = CONFLICTS.find((code) => code === problem?.code);
  const errors = {
    reference: identifierError(typed.reference),
    note: typed.note.trim() === "" ? undefined : textError(typed.note),
  };

  function submit() {
    setIsTried(true);
    if (errors.reference ?? errors.note) return;
    const note = normalized(typed.note);
    recordRefund.mutate(
      {
        execution_name,
        content: { payment_reference, reference: normalized(typed.reference), ...(note && { note }) },
      },
      {
        onSuccess: () => {
          notify({ type: "success", content: text("refunds.record.done", { payment_reference }) });
          onClose();
        },
      },
    );
  }

  function change(changes: Partial<typeof typed>) {
    setTyped({ ...typed, ...changes });
    if (recordRefund.error) recordRefund.reset(); // the error belongs to the old values
  }

  return (
    <FormDialog
      header={text("refunds.record.title")}
      submitText={text("refunds.record.submit")}
      isPending={recordRefund.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={conflict || problem?.errors.length ? null : recordRefund.error}
    >
      <Box>{text("refunds.record.means", { payment_reference, amount: moneyOf(refund) ?? "none" })}</Box>
      <FormField
        label={text("refunds.reference")}
        description={text("refunds.reference.what")}
        errorText={problem?.messageFor("reference") ?? (isTried ? errors.reference : undefined)}
      >
        <Input
          ref={firstField}
          ariaRequired
          value={typed.reference}
          onChange={({ detail }) => change({ reference: cutTo(detail.value, IDENTIFIER_LENGTH_MAX) })}
        />
      </FormField>
      <FormField
        label={text("refunds.note")}
        errorText={problem?.messageFor("note") ?? (isTried ? errors.note : undefined)}
      >
        <Input value={typed.note} onChange={({ detail }) => change({ note: cutTo(detail.value, TEXT_LENGTH_MAX) })} />
      </FormField>
      {conflict && (
        <div role="alert">
          <Alert type="warning" header={text(`refunds.${conflict}`)}>
            {problemDetail(problem)} {text(`refunds.${conflict}.what`)}
          </Alert>
        </div>
      )}
    </FormDialog>
  );
}
