import { EXPORT_COLUMNS } from "@/api/catalogue/columns";
import { cellsOf, recordsOf, toCsv } from "@/lib/files/csv";

/** An export with another threshold, as a file to import. */
export interface ThresholdFile {
  readonly csv: string;
  /** How many levels the export has, and how many of them are in the file because their threshold changes. */
  readonly levels: number;
  readonly changed: number;
}

/**
 * Set the threshold of all levels of an export. A level that has it already is left out.
 *
 * The other columns stay, so the import changes no units, and refuses a level that somebody edited since the export.
 */
export function thresholdFile(exported: string, threshold: number): ThresholdFile {
  const [header = [], ...rows] = recordsOf(exported.replace(/^\uFEFF/, "")).map(({ content }) => cellsOf(content));
  const column = header.indexOf("low_stock_threshold");
  if (column < 0) throw new Error(`The export has no column of ${EXPORT_COLUMNS.join(", ")}.`);
  const changed = rows.filter((cells) => cells[column] !== String(threshold));
  const written = changed.map((cells) => cells.with(column, String(threshold)));
  return { csv: toCsv([header, ...written]), levels: rows.length, changed: changed.length };
}
