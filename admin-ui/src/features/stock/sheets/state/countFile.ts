import { EXPORT_COLUMNS } from "@/api/catalogue/columns";
import type { Level } from "@/api/types";
import { escapeFormula, toCsv } from "@/lib/files/csv";
import type { Line } from "./sheet";

/** A line whose level is known. */
export type CountedLine = Line & { readonly level: Level };

export const isCounted = (line: Line): line is CountedLine => line.level !== null;

/** A count as a file: each row is as of the moment at which it was entered, so that sales since are kept. */
export function countFile(lines: readonly CountedLine[]): string {
  const rows = lines.map(({ level, quantity, books, as_of }) => {
    const values = { ...level, on_hand: quantity, on_hand_was: books ?? "", as_of: as_of ?? "" };
    return EXPORT_COLUMNS.map((column) => escapeFormula(String(values[column]), " "));
  });
  return toCsv([EXPORT_COLUMNS, ...rows]);
}
