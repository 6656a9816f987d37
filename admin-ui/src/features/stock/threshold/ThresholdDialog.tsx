import { useState } from "react";

import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { text } from "@/i18n/text";
import { ThresholdFields } from "./thresholdColumn";
import { useThresholdEdit } from "./useThresholdEdit";

/** Sets the threshold of one level, where there is no table in which it is edited in place. */
export function ThresholdDialog({ level, onClose }: { level: Level; onClose: () => void }) {
  const edit = useThresholdEdit();
  const [draft, setDraft] = useState(() => edit.start(level));
  const [isPending, setIsPending] = useState(false);
  const { name, warehouse_id } = level;

  async function save() {
    setIsPending(true);
    try {
      await edit.save(draft);
      onClose();
    } catch {
      setIsPending(false); // the fields show the error
    }
  }

  return (
    <FormDialog
      header={text("stock.threshold.title", { name, warehouse_id })}
      submitText={text("stock.threshold.submit")}
      isPending={isPending}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <ThresholdFields draft={draft} onChange={setDraft} edit={edit} />
    </FormDialog>
  );
}
