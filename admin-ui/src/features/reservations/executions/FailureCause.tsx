import Box from "@cloudscape-design/components/box";

import styles from "./executions.module.css";

/** Why an execution failed, as Step Functions reports it. */
export function FailureCause({ cause, isShort = false }: { cause: string | null; isShort?: boolean }) {
  if (cause === null) return null;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      <span className={isShort ? styles["short"] : styles["cause"]}>{cause}</span>
    </Box>
  );
}
