import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { StockStatus } from "@/api/types";
import { text } from "@/i18n/text";

const INDICATORS: Readonly<Record<StockStatus, StatusIndicatorProps.Type>> = {
  IN_STOCK: "success",
  LOW_STOCK: "warning",
  OUT_OF_STOCK: "error",
};

/** The stock status of a level. */
export function StockStatusIndicator({ status }: { status: StockStatus }) {
  return <StatusIndicator type={INDICATORS[status]}>{text(`stock_status.${status}`)}</StatusIndicator>;
}
