import styles from "./values.module.css";

/** An id in a table or a link. It breaks only where it does not fit into a line, and then anywhere. */
export function Identifier({ value }: { value: string }) {
  return <span className={styles["identifier"]}>{value}</span>;
}
