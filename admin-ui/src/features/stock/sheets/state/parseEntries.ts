import { UNITS_MAX } from "@/api/limits";
import { isIdentifier, normalized } from "@/lib/identifiers/identifiers";
import type { Entry, SheetKind } from "./sheet";

/** The entries of a pasted text, and the lines that are none. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly wrong: readonly string[];
}

// "KIT-1<tab>12", "KIT-1;12", "KIT-1,12" or "KIT-1 12". An id may contain a comma or a space: only the last one counts.
const WITH_QUANTITY = /^(.*?)(?:\s*[\t;,]\s*|\s+)(\d{1,10})$/;

/** Read lines of a product id and, after it, a number of units. Without a number it is one unit, as scanners send it. */
export function parseEntries(typed: string, kind: SheetKind): Entries {
  const entries: Entry[] = [];
  const wrong: string[] = [];
  for (const line of typed.split(/\r\n|\r|\n/).map((one) => one.trim())) {
    if (line === "") continue;
    const entry = parseEntry(line, kind);
    if (entry) entries.push(entry);
    else wrong.push(line);
  }
  return { entries, wrong };
}

function parseEntry(line: string, kind: SheetKind): Entry | null {
  const [, id = line, units = "1"] = WITH_QUANTITY.exec(line) ?? [];
  const product_id = normalized(id);
  const quantity = Number(units);
  const isEnough = quantity >= (kind === "count" ? 0 : 1); // a count may find nothing
  return isIdentifier(product_id) && isEnough && quantity <= UNITS_MAX ? { product_id, quantity } : null;
}
