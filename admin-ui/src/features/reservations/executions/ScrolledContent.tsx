import Box from "@cloudscape-design/components/box";

import styles from "./executions.module.css";

/** The input or the output of an execution: JSON, or a text if it was cut. A long one scrolls. */
export function ScrolledContent({ label, content }: { label: string; content: unknown }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that the keyboard can scroll it
    <div className={styles["content"]} tabIndex={0} role="region" aria-label={label}>
      <Box variant="pre">{typeof content === "string" ? content : JSON.stringify(content, null, 2)}</Box>
    </div>
  );
}
