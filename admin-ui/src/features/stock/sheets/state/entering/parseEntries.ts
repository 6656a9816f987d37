import { UNITS_MAX } from "@/api/limits";
import { IDENTIFIER_LENGTH_MAX, isIdentifier, normalized, refusedCharacter } from "@/lib/identifiers/identifiers";
import type { Entry, Mistake, SheetKind } from "../sheet";

/** A line that was not added, and why. */
export interface WrongLine {
  /** Its place in a pasted text, from 1; null if it was typed or scanned alone. */
  readonly place: number | null;
  readonly entered: string;
  readonly mistake: Mistake;
}

/** The entries of a text, each with its line, and the lines that are none. */
export interface Entries {
  readonly entries: readonly (Entry & Pick<WrongLine, "place" | "entered">)[];
  readonly wrong: readonly WrongLine[];
}

const LINE_LENGTH_MAX = 1_000; // far more than any id and its units have
const LIKE_A_NUMBER = /^[+-]?[.,]?\d[\d.,'e+-]*$/i;
const WITH_THOUSANDS = /(?:^|[\s,])\d{1,3}(?:,\d{3})+$/; // of "A 1,000" nobody knows whether it is 0 units of "A 1"

/**
 * Read lines of a product id and, after it, a number of units. Without a number it is one unit, as scanners send it.
 *
 * Between them is a tab, or a semicolon, a comma or a blank. An id may contain all of these but the tab, so the line may
 * be an id as a whole: both readings are kept until the products are known.
 */
export function parseEntries(typed: string, kind: SheetKind): Entries {
  const entries: Entries["entries"][number][] = [];
  const wrong: WrongLine[] = [];
  const lines = typed.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const isList = lines.filter((line) => line.trim() !== "").length > 1;
  for (const [index, entered] of lines.entries()) {
    if (entered.trim() === "") continue;
    const place = isList ? index + 1 : null;
    const parsed = parseEntry(entered, kind);
    if ("why" in parsed) wrong.push({ place, entered, mistake: parsed });
    else entries.push({ ...parsed, place, entered });
  }
  return { entries, wrong };
}

function parseEntry(line: string, kind: SheetKind): Entry | Mistake {
  if (line.length > LINE_LENGTH_MAX) return { why: "long", value: "" };
  if (line.includes("\t")) return parseColumns(line, kind);
  const whole = normalized(line);
  const found = splitAtLast(whole, ";") ?? splitAtLast(whole, ",") ?? splitAtLast(whole, " ");
  if (!found) return entryOf(whole, 1);
  const { id, units, separator } = found;
  const quantity = WITH_THOUSANDS.test(whole) ? thousands(whole) : readUnits(units, kind);
  if (typeof quantity === "number") {
    const split = entryOf(id, quantity);
    return "why" in split || !isIdentifier(whole) ? split : { product_id: whole, quantity: 1, split };
  }
  // Only a blank is so usual in an id that "KIT 1.5" is first of all a product.
  return separator === " " && quantity.why !== "thousands" && isIdentifier(whole)
    ? { product_id: whole, quantity: 1, mistake: quantity }
    : quantity;
}

/** A line that was copied from a spreadsheet. It has no other reading, because no id contains a tab. */
function parseColumns(line: string, kind: SheetKind): Entry | Mistake {
  const cells = line.replace(/\t+$/, "\t").split("\t");
  if (cells.length === 3 && cells[2] === "") cells.pop();
  const [id = "", units = "", ...more] = cells.map(normalized);
  if (more.length > 0) return { why: "columns", value: String(cells.length) };
  const quantity = readUnits(units, kind);
  return typeof quantity === "number" || id === "" ? entryOf(id, Number(quantity)) : quantity;
}

/** The id and the units around the last separator; null if what follows it is no number. */
function splitAtLast(line: string, separator: string) {
  const at = line.lastIndexOf(separator);
  if (at < 0) return null;
  const units = line.slice(at + 1).trim();
  const isNumber = LIKE_A_NUMBER.test(units) || (units === "" && separator !== " ");
  return isNumber ? { id: normalized(line.slice(0, at)), units, separator } : null;
}

function readUnits(units: string, kind: SheetKind): number | Mistake {
  if (units === "") return { why: "no_units", value: "" };
  if (/^\d{1,3}(?:[.,']\d{3})+$/.test(units)) return thousands(units);
  if (!/^\+?\d+$/.test(units)) return { why: "not_whole", value: units };
  const quantity = Number(units);
  if (quantity > UNITS_MAX) return { why: "too_many", value: units };
  return quantity === 0 && kind === "receive" ? { why: "none", value: units } : quantity; // a count may find nothing
}

function thousands(text: string): Mistake {
  return { why: "thousands", value: /\d[\d.,']*$/.exec(text)?.[0] ?? text };
}

function entryOf(product_id: string, quantity: number): Entry | Mistake {
  if (product_id === "") return { why: "no_product", value: "" };
  const character = refusedCharacter(product_id);
  if (character !== null) return { why: "character", value: character };
  return isIdentifier(product_id) ? { product_id, quantity } : { why: "long", value: String(IDENTIFIER_LENGTH_MAX) };
}
