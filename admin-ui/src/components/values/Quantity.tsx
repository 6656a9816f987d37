import { formatDelta, formatNumber } from "@/lib/formats";
import styles from "../components.module.css";

/** A number of units, its digits below one another in a column. `delta` shows its sign. */
export function Quantity({ value, delta = false }: { value: number; delta?: boolean }) {
  return <span className={styles["quantity"]}>{delta ? formatDelta(value) : formatNumber(value)}</span>;
}
