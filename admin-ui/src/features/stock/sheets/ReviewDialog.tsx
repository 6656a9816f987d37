import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { FormDialog } from "@/components/controls/FormDialog";
import { text } from "@/i18n/text";
import { readReason } from "../levels/reason";
import { ReasonFields } from "../levels/ReasonFields";
import { begun } from "./state/applySheet";
import type { Sheet } from "./state/sheet";
import { expectedOf, isBelowReserved, valuesOf, zerosOf } from "./state/summary";
import type { UpdateSheet } from "./state/useStoredSheet";

interface ReviewDialogProps {
  sheet: Sheet;
  update: UpdateSheet;
  onClose: () => void;
}

/** Shows what a sheet will change in all, and asks for its reason and its reference. */
export function ReviewDialog({ sheet, update, onClose }: ReviewDialogProps) {
  const [isTried, setIsTried] = useState(false);
  const { kind, reason } = sheet;
  const expected = expectedOf(sheet);
  const zeros = zerosOf(sheet);
  const belowReserved = sheet.lines.filter((line) => isBelowReserved(sheet, line)).length;

  function apply() {
    setIsTried(true);
    const content = readReason(reason);
    if (!content) return;
    update((current) => (current.id === sheet.id && current.run === null ? begun(current, content) : current));
    onClose();
  }

  return (
    <FormDialog
      header={text(`${kind}.review`, { count: sheet.lines.length })}
      submitText={text("sheet.apply")}
      isPending={false}
      onClose={onClose}
      onSubmit={apply}
    >
      <SpaceBetween size="l">
        <Box variant="p">{text(`${kind}.expected`, valuesOf(expected))}</Box>
        {zeros > 0 && <Alert type="warning">{text("count.zeros", { count: zeros })}</Alert>}
        {expected.refused > 0 && (
          <Alert type="warning">{text("sheet.review.unknown", { count: expected.refused })}</Alert>
        )}
        {belowReserved > 0 && (
          <Alert type="warning">{text("sheet.review.below_reserved", { count: belowReserved })}</Alert>
        )}
        <ReasonFields
          value={reason}
          isTried={isTried}
          onChange={(changes) => update((current) => ({ ...current, reason: { ...current.reason, ...changes } }))}
        />
      </SpaceBetween>
    </FormDialog>
  );
}
