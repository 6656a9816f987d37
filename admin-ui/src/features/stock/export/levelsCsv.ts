import { CATALOGUE_COLUMNS } from "@/api/catalogue/columns";
import type { Level } from "@/api/types";
import { escapeFormula, toCsv } from "@/lib/csv";

const BYTE_ORDER_MARK = "\uFEFF"; // without it, Excel does not recognize UTF-8

/** Levels as a CSV in the format of an import. */
export function levelsCsv(levels: readonly Level[]): string {
  const rows = levels.map((level) => CATALOGUE_COLUMNS.map((column) => cellOf(level[column])));
  return BYTE_ORDER_MARK + toCsv([CATALOGUE_COLUMNS, ...rows]);
}

// A formula is escaped with a space, because an import strips spaces and so restores the original text.
function cellOf(value: string | number): string {
  return typeof value === "number" ? String(value) : escapeFormula(value, " ");
}
