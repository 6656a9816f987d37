import { recordsOf } from "@/lib/files/csv";
import type { RowError } from "./problemsCsv";

/**
 * The rows of a file that were not loaded, as a file of their own, with the header of the whole file.
 *
 * The rows are copied as they are, so that they can be corrected and loaded alone.
 */
export function failedRows(csv: string, errors: readonly RowError[]): string {
  const failed = new Set(errors.map(({ line }) => line));
  const [header, ...rows] = recordsOf(csv).filter(({ content }) => content.trim() !== "");
  return [header, ...rows.filter(({ line }) => failed.has(line))].map((record) => record?.content ?? "").join("");
}
