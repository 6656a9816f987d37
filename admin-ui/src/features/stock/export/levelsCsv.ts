import type { Level } from "@/api/types";
import { COLUMNS } from "@/features/imports/catalogueFile";

const BYTE_ORDER_MARK = "\uFEFF"; // without it Excel takes UTF-8 for something else, and spoils every accent

/** Levels as the CSV that an import takes. */
export function levelsCsv(levels: readonly Level[]): string {
  const rows = levels.map((level) => COLUMNS.map((column) => cell(level[column])));
  return BYTE_ORDER_MARK + [COLUMNS, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

/**
 * A text that a spreadsheet would take for a formula gets a space before it: then it is a text to the spreadsheet, and
 * an import, which takes spaces around a text away, reads what was exported.
 */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@]/.test(value) ? ` ${value}` : value;
  return /[",\r\n]|^\s/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
