import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import { useNavigate } from "react-router";

import { ApiProblem } from "@/api/client/problem";
import { problemTitle } from "@/api/client/problemText";
import { useDeleteLevel } from "@/api/levels/deleteLevel";
import type { Level } from "@/api/types";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { text } from "@/i18n/text";

interface DeleteLevelDialogProps {
  level: Level;
  /** Whether it is the product's only level, so that the product is gone afterwards. */
  isLast: boolean;
  onClose: () => void;
}

/** Deletes an empty level, such as one that a typo in a file has created. */
export function DeleteLevelDialog({ level, isLast, onClose }: DeleteLevelDialogProps) {
  const { name, warehouse_id } = level;
  const navigate = useNavigate();
  const { notify } = useNotifications();
  const deleteLevel = useDeleteLevel();
  const isNotEmpty = deleteLevel.error instanceof ApiProblem && deleteLevel.error.code === "NOT_EMPTY";
  return (
    <FormDialog
      header={text("stock.delete.title", { name, warehouse_id })}
      submitText={text("stock.delete.submit")}
      isPending={deleteLevel.isPending}
      onClose={onClose}
      error={isNotEmpty ? null : deleteLevel.error}
      onSubmit={() => {
        deleteLevel.mutate(level, {
          onSuccess: () => {
            notify({ type: "success", content: text("stock.delete.done", { name, warehouse_id }) });
            if (isLast) void navigate("/stock");
            else onClose();
          },
        });
      }}
    >
      <Box>{text("stock.delete.means")}</Box>
      {isNotEmpty && (
        <Alert type="warning" header={problemTitle(deleteLevel.error)}>
          {text("stock.delete.not_empty.what")}
        </Alert>
      )}
    </FormDialog>
  );
}
