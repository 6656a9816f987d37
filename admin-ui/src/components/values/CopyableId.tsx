import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

import { text } from "@/i18n/text";
import { Identifier } from "./Identifier";
import styles from "./values.module.css";

/** An id with a copy button; a dash if there is none. */
export function CopyableId({ value, label }: { value: string | null; label: string }) {
  if (value === null) return "—";
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={value}
      textToDisplay={
        <span className={styles["beside"]}>
          <Identifier value={value} />
        </span>
      }
      wrapText={false} // a long id breaks beside its button, not below it
      copyButtonAriaLabel={text("copy", { what: label })}
      copySuccessText={text("copied")}
      copyErrorText={text("not_copied")}
    />
  );
}
