import styles from "./values.module.css";

const SHORT_LENGTH_MAX = 16; // fits into every column, on a phone too

/** An id in a table or a link. A short one never breaks; a long one only where it does not fit into a line. */
export function Identifier({ value }: { value: string }) {
  const isShort = value.length <= SHORT_LENGTH_MAX;
  return <span className={styles[isShort ? "shortIdentifier" : "identifier"]}>{value}</span>;
}
