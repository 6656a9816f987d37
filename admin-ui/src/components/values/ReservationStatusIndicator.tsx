import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { ReservationStatus } from "@/api/types";
import { text } from "@/i18n/text";
import styles from "./values.module.css";

const INDICATORS: Readonly<Record<ReservationStatus, StatusIndicatorProps.Type>> = {
  HELD: "pending",
  PAID: "in-progress",
  COMMITTED: "success",
  RELEASED: "stopped",
  REJECTED: "stopped",
  UNFULFILLED: "error",
};

/** The status of a reservation. */
export function ReservationStatusIndicator({ status }: { status: ReservationStatus }) {
  return (
    <StatusIndicator type={INDICATORS[status]}>
      <span className={styles["words"]}>{text(`reservation_status.${status}`)}</span>
    </StatusIndicator>
  );
}
