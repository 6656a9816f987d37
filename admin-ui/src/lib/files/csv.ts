const BYTE_ORDER_MARK = "\uFEFF"; // without it, Excel does not recognize UTF-8

/** Write rows as a CSV file (RFC 4180), in the form in which the API writes its own. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

/** A record of a CSV file, as it is written there. */
export interface CsvRecord {
  readonly content: string;
  /** The number of its last line, as an editor counts. A quoted cell can span lines. */
  readonly line: number;
}

/** Split a CSV file into its records, without interpreting them. */
export function recordsOf(csv: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let start = 0;
  let line = 1;
  let isQuoted = false;
  for (let at = 0; at < csv.length; at++) {
    const character = csv[at];
    if (character === '"') isQuoted = !isQuoted;
    const endsLine = character === "\n" || (character === "\r" && csv[at + 1] !== "\n");
    if (endsLine && !isQuoted) {
      records.push({ content: csv.slice(start, at + 1), line });
      start = at + 1;
    }
    if (endsLine) line++;
  }
  return start < csv.length ? [...records, { content: `${csv.slice(start)}\r\n`, line }] : records;
}

/** The cells of a record, as a spreadsheet would show them. */
export function cellsOf(record: string): string[] {
  const cells = record.replace(/(\r\n|\r|\n)$/, "").matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(cells, ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}

/** Prefix text that a spreadsheet would run as a formula (CSV injection). */
export function escapeFormula(text: string, prefix: string): string {
  return /^[=+\-@\t]/.test(text) ? prefix + text : text;
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
