import { formatDelta, formatNumber } from "@/lib/formats";
import styles from "./values.module.css";

/** A number of units, with digits of equal width so that columns align. `delta` shows the sign. */
export function Quantity({ value, delta = false }: { value: number; delta?: boolean }) {
  return <span className={styles["quantity"]}>{delta ? formatDelta(value) : formatNumber(value)}</span>;
}
