import type { Import } from "@/api/types";
import { escapeFormula, toCsv } from "@/lib/files/csv";

export type RowError = Import["errors"][number];

/** The errors of an import as a CSV, for the person who corrects the file. */
export function problemsCsv(errors: readonly RowError[]): string {
  const rows = errors.map(({ line, field, message }) => [String(line), field, message]);
  return toCsv([["line", "field", "message"], ...rows.map((row) => row.map((cell) => escapeFormula(cell, "'")))]);
}
