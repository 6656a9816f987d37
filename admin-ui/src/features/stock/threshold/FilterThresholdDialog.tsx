import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { readCatalogue } from "@/api/catalogue/exportCatalogue";
import { useImportCatalogue } from "@/api/catalogue/importCatalogue";
import { useApi } from "@/api/client/ApiProvider";
import { ApiProblem } from "@/api/client/problem";
import { TEXT_LENGTH_MAX } from "@/api/limits";
import { newIdempotencyKey } from "@/api/queries/idempotencyKey";
import type { ExportFilter } from "@/api/types";
import { reasonError } from "@/components/controls/fieldErrors";
import { FormDialog } from "@/components/controls/FormDialog";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { cutTo, normalized } from "@/lib/identifiers/identifiers";
import { readUnits } from "../levels/units";
import { type ThresholdFile, thresholdFile } from "./thresholdFile";

interface FilterThresholdDialogProps {
  filter: ExportFilter;
  onClose: () => void;
}

/** What was checked, and the key under which it is applied once. */
type Checked = ThresholdFile & { readonly idempotency_key: string };

/** Sets the threshold of all levels of a filter: it reads them, says how many change, and imports the change. */
export function FilterThresholdDialog({ onClose, ...props }: FilterThresholdDialogProps) {
  const [filter] = useState(props.filter); // the one that the dialog was opened for, also after the browser went back
  const api = useApi();
  const navigate = useNavigate();
  const importCatalogue = useImportCatalogue();
  const firstField = useInitialFocus<InputProps.Ref>();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState(() => text("stock.threshold.reason"));
  const [isTried, setIsTried] = useState(false);
  const threshold = readUnits(typed);
  const check = useMutation({
    mutationFn: async (units: number): Promise<Checked> => ({
      ...thresholdFile(await readCatalogue(api, filter), units),
      idempotency_key: newIdempotencyKey(),
    }),
  });
  const checked = check.data;
  const isTooLarge = check.error instanceof ApiProblem && check.error.code === "EXPORT_TOO_LARGE";

  function change(field: (value: string) => void, value: string) {
    field(value);
    check.reset(); // what was checked had other values
    importCatalogue.reset();
  }

  function submit() {
    setIsTried(true);
    if (threshold === null || reasonError(reason)) return;
    if (!checked) check.mutate(threshold);
    else if (checked.changed === 0) onClose();
    else apply(checked);
  }

  function apply({ csv, idempotency_key }: Checked) {
    const file = new File([csv], "thresholds.csv", { type: "text/csv" });
    importCatalogue.mutate(
      { file, mode: "GOOD_ROWS", create: false, confirmsZeros: false, idempotency_key, reason: normalized(reason) },
      { onSuccess: ({ import_id }) => void navigate(`/import/${import_id}`) },
    );
  }

  return (
    <FormDialog
      header={text("stock.thresholds.title", { isFiltered: String(isFiltered(filter)) })}
      submitText={submitText(checked)}
      isPending={check.isPending || importCatalogue.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={isTooLarge ? null : (check.error ?? importCatalogue.error)}
    >
      <FormField
        label={text("stock.column.low_stock_threshold")}
        description={text("stock.thresholds.what")}
        errorText={isTried && threshold === null ? text("stock.invalid.units") : undefined}
      >
        <Input
          ref={firstField}
          type="number"
          inputMode="numeric"
          value={typed}
          onChange={({ detail }) => change(setTyped, detail.value)}
        />
      </FormField>
      <FormField label={text("stock.reason")} errorText={isTried ? reasonError(reason) : undefined}>
        <Input value={reason} onChange={({ detail }) => change(setReason, cutTo(detail.value, TEXT_LENGTH_MAX))} />
      </FormField>
      <div role="status">
        {isTooLarge && <Alert type="error">{text("stock.thresholds.too_many")}</Alert>}
        {checked && (
          <Alert type="info">
            {text("stock.thresholds.found", {
              changed: checked.changed,
              all: checked.levels,
              same: checked.levels - checked.changed,
            })}
          </Alert>
        )}
      </div>
      {importCatalogue.uploaded !== null && (
        <ProgressBar label={text("import.sending")} value={Math.floor(importCatalogue.uploaded * 100)} />
      )}
    </FormDialog>
  );
}

function submitText(checked: Checked | undefined): string {
  if (!checked) return text("stock.thresholds.check");
  return checked.changed === 0 ? text("close") : text("stock.thresholds.apply", { count: checked.changed });
}

function isFiltered(filter: ExportFilter): boolean {
  return Object.values<unknown>(filter).some((value) => value !== undefined);
}
