import { UNITS_MAX } from "@/api/limits";
import { LINES_MAX, type Sheet, withEntry } from "../sheet";
import type { Entries, WrongLine } from "./parseEntries";

/** What became of the entries of a text. */
export interface Added {
  readonly sheet: Sheet;
  readonly count: number;
  /** Products that had a line before: the units were added to it. */
  readonly repeated: readonly string[];
  readonly wrong: readonly WrongLine[];
}

/** Add the entries of a text to a sheet, and say which of them it does not take. */
export function addEntries(before: Sheet, entries: Entries["entries"], now: number): Added {
  let sheet = before;
  const repeated = new Set<string>();
  const wrong: WrongLine[] = [];
  for (const { place, entered, ...entry } of entries) {
    const line = sheet.lines.find(({ product_id }) => product_id === entry.product_id);
    const refuse = (why: "applied" | "full" | "too_many", value: string) =>
      wrong.push({ place, entered, mistake: { why, value } });
    if (sheet.run !== null) refuse("applied", "");
    else if (!line && sheet.lines.length >= LINES_MAX) refuse("full", "");
    else if (line && line.quantity + entry.quantity > UNITS_MAX) refuse("too_many", String(entry.quantity));
    else {
      if (line) repeated.add(line.product_id);
      sheet = withEntry(sheet, entry, now);
    }
  }
  return { sheet, count: entries.length - wrong.length, repeated: [...repeated], wrong };
}
