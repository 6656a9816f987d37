import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { StockStatus } from "@/api/types";
import { text } from "@/i18n/text";
import styles from "./values.module.css";

const INDICATORS: Readonly<Record<StockStatus, StatusIndicatorProps.Type>> = {
  IN_STOCK: "success",
  LOW_STOCK: "warning",
  OUT_OF_STOCK: "error",
};

/** The stock status of a level. */
export function StockStatusIndicator({ status }: { status: StockStatus }) {
  return (
    <StatusIndicator type={INDICATORS[status]}>
      <span className={styles["words"]}>{text(`stock_status.${status}`)}</span>
    </StatusIndicator>
  );
}
