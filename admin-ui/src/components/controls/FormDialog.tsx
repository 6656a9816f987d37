import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

import { text } from "@/i18n/text";
import styles from "../components.module.css";
import { ErrorState } from "../feedback/ErrorState";

interface FormDialogProps {
  header: string;
  onClose: () => void;
  children: ReactNode;
  size?: ModalProps.Size;
  isPending: boolean;
  onSubmit?: () => void;
  submitText?: string;
  /** Why it was not done; what was typed stays, and it can be tried again. */
  error?: unknown;
  /** Instead of cancel and submit. */
  footer?: ReactNode;
}

/** A form in a dialog. While it is sent it stays, as nobody knows yet what comes of it. */
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
