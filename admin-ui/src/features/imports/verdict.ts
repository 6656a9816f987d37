import type { Import } from "@/api/types";

/**
 * The result of an import.
 *
 * Of a check: `nothing_to_change`, `valid`, `partly_valid` or `unusable`. Of a load: `loaded`, `loaded_except` for some
 * rows, or `refused` as a whole. Of either: `stopped` before its end.
 */
export type Verdict =
  "nothing_to_change" | "valid" | "partly_valid" | "unusable" | "loaded" | "loaded_except" | "refused" | "stopped";

const NO_LINE = 0; // an error of the import itself: its worker stopped reporting
const FIRST_ROW = 2; // line 1 is the header

/** The result of an import that has ended. */
export function verdictOf(report: Import): Verdict {
  if (report.errors.some(({ line }) => line === NO_LINE)) return "stopped";
  if (report.mode === "CHECK") {
    if (report.status === "DONE") return report.changed > 0 ? "valid" : "nothing_to_change";
    return validRows(report) === 0 ? "unusable" : "partly_valid";
  }
  if (report.status === "DONE") return report.error_count > 0 ? "loaded_except" : "loaded";
  return report.done > 0 ? "stopped" : "refused";
}

/** The number of rows without an error; null if the report does not contain all errors. */
export function validRows(report: Import): number | null {
  if (!hasAllErrors(report)) return null;
  if (report.errors.some(({ line }) => line < FIRST_ROW)) return 0; // the header or the file itself is wrong
  return Math.max(0, report.rows - invalidRows(report));
}

/** The number of rows with an error, of those that the report contains. */
export function invalidRows({ errors }: Import): number {
  return new Set(errors.map(({ line }) => line)).size;
}

/** Whether the report contains all errors. It has room for a limited number. */
export function hasAllErrors({ errors, error_count }: Import): boolean {
  return errors.length >= error_count;
}

/** The progress of an import, in percent. */
export function progressOf({ rows, done }: Import): number {
  return rows === 0 ? 0 : Math.floor((done / rows) * 100);
}
