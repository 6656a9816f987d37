import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { TEXT_LENGTH_MAX } from "@/api/limits";
import { useReleaseReservation } from "@/api/reservations/releaseReservation";
import type { Reservation } from "@/api/types";
import { reasonError } from "@/components/controls/fieldErrors";
import { FormDialog } from "@/components/controls/FormDialog";
import { useNotifications } from "@/components/feedback/Notifications";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { cutTo, normalized } from "@/lib/identifiers/identifiers";
import { unitsOf } from "@/lib/units";

/** Releases a hold, after explaining the consequences. */
export function ReleaseDialog({ reservation, onClose }: { reservation: Reservation; onClose: () => void }) {
  const { reservation_id, execution_name } = reservation;
  const { notify } = useNotifications();
  const release = useReleaseReservation();
  const reasonField = useInitialFocus<InputProps.Ref>();
  const [reason, setReason] = useState("");
  const [isTried, setIsTried] = useState(false);
  const isDecided = release.error instanceof ApiProblem && release.error.code === "ALREADY_DECIDED";

  function submit() {
    setIsTried(true);
    if (reasonError(reason)) return;
    release.mutate(
      { execution_name, reason: normalized(reason) },
      {
        onSuccess: () => {
          notify({ type: "success", content: text("reservation.release.done", { reservation_id }) });
          onClose();
        },
      },
    );
  }

  if (isDecided) {
    return (
      <FormDialog
        header={text("reservation.release.title")}
        onClose={onClose}
        isPending={false}
        footer={
          <Button variant="link" onClick={onClose}>
            {text("close")}
          </Button>
        }
      >
        <Alert type="info" header={text("reservation.release.decided")}>
          {text("reservation.release.decided.why")}
        </Alert>
      </FormDialog>
    );
  }
  return (
    <FormDialog
      header={text("reservation.release.title")}
      onClose={onClose}
      onSubmit={submit}
      submitText={text("reservation.release.submit")}
      isPending={release.isPending}
      error={release.error}
    >
      <Box>{text("reservation.release.means", { units: unitsOf(reservation.lines) })}</Box>
      <Alert type="warning">{text("reservation.release.late")}</Alert>
      <FormField
        label={text("reservation.release.reason")}
        description={text("reservation.release.reason.why")}
        errorText={isTried ? reasonError(reason) : undefined}
      >
        <Input
          value={reason}
          onChange={({ detail }) => {
            setReason(cutTo(detail.value, TEXT_LENGTH_MAX));
          }}
          ref={reasonField}
          ariaRequired
        />
      </FormField>
    </FormDialog>
  );
}
