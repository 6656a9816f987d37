import Spinner from "@cloudscape-design/components/spinner";

import { text } from "@/i18n/text";
import styles from "./feedback.module.css";

/** Shown while a page loads. */
export function Loading() {
  return (
    <div className={styles["center"]} role="status" aria-label={text("loading")}>
      <Spinner size="large" />
    </div>
  );
}
