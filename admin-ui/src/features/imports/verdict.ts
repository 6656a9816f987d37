import type { Import } from "@/api/types";

export type RowError = Import["errors"][number];

/**
 * What a report says in the end.
 *
 * Of a check: `nothing_to_change`, `good`, `partly_good` or `unusable`. Of a load: `loaded`, `loaded_except` for some
 * rows, or `refused` as a whole. Of either: `stopped` before its end.
 */
export type Verdict =
  "nothing_to_change" | "good" | "partly_good" | "unusable" | "loaded" | "loaded_except" | "refused" | "stopped";

/** What came of an import that has ended. */
export function verdictOf(report: Import): Verdict {
  if (report.errors.some(({ line }) => line === NO_LINE)) return "stopped";
  if (report.mode === "CHECK") {
    if (report.status === "DONE") return report.changed > 0 ? "good" : "nothing_to_change";
    return goodRows(report) === 0 ? "unusable" : "partly_good";
  }
  if (report.status === "DONE") return report.error_count > 0 ? "loaded_except" : "loaded";
  return report.done > 0 ? "stopped" : "refused";
}

/** How many rows have nothing wrong; null when more is wrong than the report tells. */
export function goodRows(report: Import): number | null {
  if (!isToldInFull(report)) return null;
  if (report.errors.some(({ line }) => line < FIRST_ROW)) return 0; // the header, or the file itself
  return Math.max(0, report.rows - wrongLines(report));
}

/** How many rows have something wrong, of those that the report tells. */
export function wrongLines({ errors }: Import): number {
  return new Set(errors.map(({ line }) => line)).size;
}

/** Whether the report has room for everything that is wrong. */
export function isToldInFull({ errors, error_count }: Import): boolean {
  return errors.length >= error_count;
}

const NO_LINE = 0; // what is wrong with the import itself: nothing was heard of it any more
const FIRST_ROW = 2; // line 1 is the header

/** How far an import is, in percent. */
export function progressOf({ rows, done }: Import): number {
  return rows === 0 ? 0 : Math.floor((done / rows) * 100);
}

/** What is wrong, as a CSV for whoever mends the file. */
export function problemsCsv(errors: readonly RowError[]): string {
  const rows = errors.map(({ line, field, message }) => [String(line), field, message]);
  return [["line", "field", "message"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(content: string): string {
  const harmless = /^[=+\-@\t]/.test(content) ? `'${content}` : content; // a sheet must not take it for a formula
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
