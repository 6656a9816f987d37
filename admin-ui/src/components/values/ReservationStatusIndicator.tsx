import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { ReservationStatus } from "@/api/types";
import { text } from "@/i18n/text";

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
  return <StatusIndicator type={INDICATORS[status]}>{text(`reservation_status.${status}`)}</StatusIndicator>;
}
