/** Write rows as CSV (RFC 4180). */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

/** Prefix text that a spreadsheet would run as a formula (CSV injection). */
export function escapeFormula(text: string, prefix: string): string {
  return /^[=+\-@\t]/.test(text) ? prefix + text : text;
}

function quote(cell: string): string {
  return /[",\r\n]|^\s/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
