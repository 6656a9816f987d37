import type { Import } from "@/api/types";
import type { RowError } from "./problemsCsv";

/**
 * The result of an import.
 *
 * Of a check: `nothing_to_change`, `valid`, `partly_valid` or `unusable`. Of a load: `loaded`, `loaded_except` for some
 * rows, `refused` as a whole, or `unconfirmed`: refused only because it sets many levels to 0. Of either: `stopped`
 * before its end.
 */
export type Verdict =
  | "nothing_to_change"
  | "valid"
  | "partly_valid"
  | "unusable"
  | "loaded"
  | "loaded_except"
  | "refused"
  | "unconfirmed"
  | "stopped";

const NO_LINE = 0; // an error of the import itself: its worker stopped reporting
export const FIRST_ROW = 2; // line 1 is the header

/** The result of an import that has ended. */
export function verdictOf(report: Import): Verdict {
  const { errors } = problemsOf(report);
  if (errors.some(({ line }) => line === NO_LINE)) return "stopped";
  if (report.mode === "CHECK") {
    if (errors.length > 0) return report.created + report.changed + report.unchanged > 0 ? "partly_valid" : "unusable";
    return report.created + report.changed > 0 ? "valid" : "nothing_to_change";
  }
  if (report.status === "DONE") return report.error_count > 0 ? "loaded_except" : "loaded";
  if (report.done > 0) return "stopped";
  return errors.length === 0 && zerosToConfirm(report) !== null ? "unconfirmed" : "refused";
}

/** The number of levels that a file sets to 0, if there are so many that the user must confirm it; null otherwise. */
export function zerosToConfirm({ errors, zeros }: Import): number | null {
  return errors.some(isUnconfirmed) ? (zeros ?? 0) : null;
}

/** The errors of the rows and of the file. A confirmation that is missing is no error of the file. */
export function problemsOf({ errors, error_count }: Import): { errors: readonly RowError[]; count: number } {
  const problems = errors.filter((error) => !isUnconfirmed(error));
  return { errors: problems, count: error_count - (errors.length - problems.length) };
}

function isUnconfirmed({ line, field }: RowError): boolean {
  return line === NO_LINE && field === "confirm";
}

/** Whether the report contains all errors. It has room for a limited number. */
export function hasAllErrors({ errors, error_count }: Import): boolean {
  return errors.length >= error_count;
}

/** The progress of an import, in percent. */
export function progressOf({ rows, done }: Import): number {
  return rows === 0 ? 0 : Math.floor((done / rows) * 100);
}
