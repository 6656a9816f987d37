import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import { useState } from "react";

import { TEXT_LENGTH_MAX } from "@/api/limits";
import { usePatchLevel } from "@/api/levels/patchLevel";
import type { Level } from "@/api/types";
import { reasonError } from "@/components/controls/fieldErrors";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { cutTo, normalized } from "@/lib/identifiers/identifiers";

interface RetireLevelDialogProps {
  level: Level;
  /** True to hide the level from shoppers, false to bring it back. */
  isRetiring: boolean;
  onClose: () => void;
}

/** Retires a level or brings it back, after explaining the consequences. */
export function RetireLevelDialog({ level, isRetiring, onClose }: RetireLevelDialogProps) {
  const { name, warehouse_id } = level;
  const { notify } = useNotifications();
  const patchLevel = usePatchLevel();
  const reasonField = useInitialFocus<InputProps.Ref>();
  const [reason, setReason] = useState("");
  const [isTried, setIsTried] = useState(false);
  const verb = isRetiring ? "retire" : "restore";

  function submit() {
    setIsTried(true);
    if (reasonError(reason)) return;
    patchLevel.mutate(
      { seen: level, changes: { active: !isRetiring }, reason: normalized(reason) },
      {
        onSuccess: () => {
          notify({ type: "success", content: text(`stock.${verb}.done`, { name, warehouse_id }) });
          onClose();
        },
      },
    );
  }

  return (
    <FormDialog
      header={text(`stock.${verb}.title`, { name, warehouse_id })}
      submitText={text(`stock.${verb}.submit`)}
      isPending={patchLevel.isPending}
      onClose={onClose}
      onSubmit={submit}
      error={patchLevel.error}
    >
      <Box>{text(`stock.${verb}.means`)}</Box>
      <FormField label={text("stock.reason")} errorText={isTried ? reasonError(reason) : undefined}>
        <Input
          ref={reasonField}
          ariaRequired
          value={reason}
          placeholder={text("stock.retire.reason.example")}
          onChange={({ detail }) => setReason(cutTo(detail.value, TEXT_LENGTH_MAX))}
        />
      </FormField>
    </FormDialog>
  );
}
