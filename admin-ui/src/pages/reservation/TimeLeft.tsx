import { useNow } from "../../components/useNow";
import { text } from "../../texts/text";
import { formatCountdown } from "./durations";
import styles from "./reservation.module.css";

/** What is left of a hold. It is read out when somebody comes to it, not each second. */
export function TimeLeft({ until }: { until: string }) {
  const left = new Date(until).getTime() - useNow(1_000);
  return (
    <span className={styles["timeLeft"]}>
      {left > 0 ? text("reservation.time_left", { time: formatCountdown(left) }) : text("reservation.time_left.over")}
    </span>
  );
}
