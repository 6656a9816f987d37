import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { ApiProblem } from "../../api/problem";
import { useReleaseReservation } from "../../api/reservations";
import type { Reservation } from "../../api/types";
import { ErrorState } from "../../components/ErrorState";
import { useInitialFocus } from "../../components/useInitialFocus";
import { useNotifications } from "../../shell/Notifications";
import { text } from "../../texts/text";
import { unitsOf } from "./ending";

const REASON_LENGTH_MAX = 200;

/** Gives the units of a hold back, after saying what that means. What was typed stays when it fails. */
export function ReleaseDialog({ reservation, onClose }: { reservation: Reservation; onClose: () => void }) {
  const { reservation_id } = reservation;
  const { notify } = useNotifications();
  const release = useReleaseReservation();
  const reasonField = useInitialFocus<InputProps.Ref>();
  const [reason, setReason] = useState("");
  const [isTried, setIsTried] = useState(false);
  const isDecided = release.error instanceof ApiProblem && release.error.code === "ALREADY_DECIDED";

  function close() {
    if (!release.isPending) onClose(); // nobody knows yet what comes of it
  }

  function submit() {
    setIsTried(true);
    if (!reason.trim() || release.isPending) return;
    release.mutate(
      { reservation_id, reason: reason.trim() },
      {
        onSuccess: () => {
          notify({ type: "success", content: text("reservation.release.done", { reservation_id }) });
          onClose();
        },
      },
    );
  }

  return (
    <Modal
      visible
      header={text("reservation.release.title")}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close} disabled={release.isPending}>
              {text(isDecided ? "close" : "cancel")}
            </Button>
            {!isDecided && (
              <Button variant="primary" loading={release.isPending} onClick={submit}>
                {text("reservation.release.submit")}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      {isDecided ? (
        <Alert type="info" header={text("reservation.release.decided")}>
          {text("reservation.release.decided.why")}
        </Alert>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <SpaceBetween size="l">
            <Box>{text("reservation.release.means", { units: unitsOf(reservation) })}</Box>
            <Alert type="warning">{text("reservation.release.late")}</Alert>
            <FormField
              label={text("reservation.release.reason")}
              description={text("reservation.release.reason.why")}
              errorText={isTried && !reason.trim() ? text("reservation.release.reason.missing") : undefined}
            >
              <Input
                value={reason}
                onChange={({ detail }) => {
                  setReason(detail.value.slice(0, REASON_LENGTH_MAX));
                }}
                ref={reasonField}
                ariaRequired
              />
            </FormField>
            {release.isError && <ErrorState error={release.error} onRetry={submit} />}
          </SpaceBetween>
        </form>
      )}
    </Modal>
  );
}
