import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatCountdown } from "@/lib/durations";
import styles from "./time-left.module.css";

/** The remaining time of a hold. Screen readers read it once, not every second. */
export function TimeLeft({ until }: { until: string }) {
  const left = new Date(until).getTime() - useNow(1_000);
  return (
    <span className={styles["timeLeft"]}>
      {left > 0 ? text("reservation.time_left", { time: formatCountdown(left) }) : text("reservation.time_left.over")}
    </span>
  );
}
