import { EXPORT_COLUMNS } from "@/api/catalogue/columns";
import type { Level } from "@/api/types";
import { escapeFormula, toCsv } from "@/lib/files/csv";

/** A level and the moment at which it was read. */
export interface LevelAsOf {
  readonly level: Level;
  /** ISO 8601, of the API's clock. */
  readonly as_of: string;
}

/**
 * Levels as a CSV in the format of the API's export.
 *
 * A row in which nobody has edited `on_hand` changes no units when it is imported. Another one is a count as of `as_of`.
 */
export function levelsCsv(rows: readonly LevelAsOf[]): string {
  const cells = rows.map(({ level, as_of }) => {
    const values = { ...level, on_hand_was: level.on_hand, as_of };
    return EXPORT_COLUMNS.map((column) => cellOf(values[column]));
  });
  return toCsv([EXPORT_COLUMNS, ...cells]);
}

// A formula is escaped with a space, because an import strips spaces and so restores the original text.
function cellOf(value: string | number): string {
  return typeof value === "number" ? String(value) : escapeFormula(value, " ");
}
