import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { text } from "@/i18n/text";
import { ErrorState } from "../feedback/ErrorState";
import styles from "./controls.module.css";

interface FormDialogProps {
  header: string;
  onClose: () => void;
  children: ReactNode;
  size?: ModalProps.Size;
  isPending: boolean;
  onSubmit?: () => void;
  submitText?: string;
  /** The error of the last attempt. The fields keep what was typed, and the user can try again. */
  error?: unknown;
  /** Replaces the cancel and submit buttons. */
  footer?: ReactNode;
}

/** A form in a dialog. It cannot be closed while it is being sent, because the result is not known yet. */
export function FormDialog(props: FormDialogProps) {
  const { header, onClose, children, size = "medium", isPending, onSubmit, submitText, error = null, footer } = props;
  return (
    <Modal
      visible
      size={size}
      header={header}
      onDismiss={() => {
        if (!isPending) onClose();
      }}
      footer={
        <div className={styles["footer"]}>
          {footer ?? (
            <>
              <Button variant="link" onClick={onClose} disabled={isPending}>
                {text("cancel")}
              </Button>
              <Button variant="primary" loading={isPending} onClick={onSubmit}>
                {submitText}
              </Button>
            </>
          )}
        </div>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) onSubmit?.();
        }}
      >
        <SpaceBetween size="l">
          {children}
          {error !== null && <ErrorState error={error} onRetry={onSubmit} />}
        </SpaceBetween>
        <input type="submit" hidden />
      </form>
    </Modal>
  );
}
