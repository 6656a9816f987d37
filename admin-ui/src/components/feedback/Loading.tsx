import Spinner from "@cloudscape-design/components/spinner";

import { text } from "@/i18n/text";
import styles from "../components.module.css";

/** While a page is on its way. */
export function Loading() {
  return (
    <div className={styles["center"]} role="status" aria-label={text("loading")}>
      <Spinner size="large" />
    </div>
  );
}
