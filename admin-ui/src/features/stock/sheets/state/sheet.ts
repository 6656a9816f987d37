import type { Level } from "@/api/types";
import { UNITS_MAX } from "@/api/limits";
import { newIdempotencyKey } from "@/api/queries/idempotencyKey";
import type { Reason } from "../../levels/reason";

export const SHEET_KINDS = ["receive", "count"] as const;
export type SheetKind = (typeof SHEET_KINDS)[number];

/** The most lines of a sheet: all of them fit into the browser's storage. */
export const LINES_MAX = 2_000;

/** What became of a line. `delta` is how its units on hand changed. */
export type Outcome = { readonly delta: number | null } | { readonly refused: string };

/** What was received or counted of one product. */
export interface Line {
  readonly product_id: string;
  readonly quantity: number;
  /** When it was entered last, by the browser's clock. A count is of this moment. */
  readonly entered_at: number;
  /** Whether its level was read since. */
  readonly is_read: boolean;
  /** The same moment by the API's clock, ISO 8601; null until the level was read. */
  readonly as_of: string | null;
  /** The level as it was read; null if it is not known, or does not exist. */
  readonly level: Level | null;
  /** Why its level cannot be read, if the API refuses it; entered again, it is read again. */
  readonly unreadable?: string;
  /** The units on hand in the books at the moment of the count; null if they are not known. */
  readonly books: number | null;
  /** The same for every attempt, so that the units are added once. */
  readonly idempotency_key: string;
  /** What one unit of the line means in its other reading, until one of the two is chosen. */
  readonly split?: ProductUnits;
  /** What is wrong if there is no such product. */
  readonly mistake?: Mistake;
  /** Missing until the line is decided. */
  readonly outcome?: Outcome;
}

/** The lines of a sheet while they are applied. Nothing of it changes any more, so every attempt sends the same. */
export interface Run {
  /** The reason and the reference as the API takes them. */
  readonly content: { readonly reason: string; readonly reference?: string };
  /** Of a count: the file that is imported, the lines of its rows, and its key. */
  readonly file?: { readonly csv: string; readonly product_ids: readonly string[]; readonly idempotency_key: string };
}

/** The lines of a delivery, or of a count, in one warehouse. A browser keeps it until it is applied. */
export interface Sheet {
  readonly id: string;
  readonly kind: SheetKind;
  readonly warehouse_id: string;
  readonly reason: Reason;
  /** The last entered line first. */
  readonly lines: readonly Line[];
  readonly run: Run | null;
}

/** A product and its units. */
export interface ProductUnits {
  readonly product_id: string;
  readonly quantity: number;
}

/** Why what was entered is no line, with the part of it that is wrong. */
export interface Mistake {
  readonly why:
    | ("no_product" | "no_units" | "not_whole" | "none" | "thousands" | "too_many" | "columns" | "long" | "character")
    | ("applied" | "full");
  readonly value: string;
}

/** What somebody typed or scanned. "KIT 15" may be one product, or 15 units of KIT. */
export interface Entry extends ProductUnits {
  /** The other reading of the whole. */
  readonly split?: ProductUnits;
  /** What is wrong if the whole is not a product. */
  readonly mistake?: Mistake;
}

export function newSheet(kind: SheetKind, warehouse_id: string, now: Date): Sheet {
  const reference = `${kind === "count" ? "COUNT" : "DELIVERY"}-${stampOf(now)}`;
  return {
    id: newIdempotencyKey(),
    kind,
    warehouse_id,
    reason: { reason: kind === "count" ? "count" : "received", note: "", reference },
    lines: [],
    run: null,
  };
}

/** The sheet with an entry more. Units of a product that it already has are added to them. */
export function withEntry(sheet: Sheet, { product_id, quantity, split, mistake }: Entry, now: number): Sheet {
  const before = sheet.lines.find((line) => line.product_id === product_id);
  const added = entered(before ?? emptyLine(product_id), (before?.quantity ?? 0) + quantity, now, sheet.kind);
  const is_read = added.is_read && added.level !== null; // a product may have been added since
  const line = { ...added, is_read, mistake, split: before && !before.split ? undefined : split };
  return { ...sheet, lines: [line, ...sheet.lines.filter((other) => other !== before)] };
}

/** The sheet with another quantity of a product. */
export function withQuantity(sheet: Sheet, product_id: string, quantity: number, now: number): Sheet {
  return withLine(sheet, product_id, (line) => entered(line, quantity, now, sheet.kind));
}

export function withLine(sheet: Sheet, product_id: string, change: (line: Line) => Line): Sheet {
  return { ...sheet, lines: sheet.lines.map((line) => (line.product_id === product_id ? change(line) : line)) };
}

/** The sheet with the other reading of a line: 2 × "KIT 15" as 30 units of KIT, added to those that it already has. */
export function asSplit(sheet: Sheet, product_id: string): Sheet {
  const line = sheet.lines.find((one) => one.product_id === product_id);
  if (!line?.split) return sheet;
  const { split, quantity, entered_at } = line;
  const other = sheet.lines.find((one) => one.product_id === split.product_id) ?? emptyLine(split.product_id);
  const at = Math.max(entered_at, other.entered_at);
  const units = other.quantity + quantity * split.quantity;
  const both = entered(other, units, at, sheet.kind);
  const lines = sheet.lines.filter((one) => one !== other).map((one) => (one === line ? both : one));
  return { ...sheet, lines };
}

/** The sheet with a line that is a product as a whole. */
export function asWhole(sheet: Sheet, product_id: string): Sheet {
  return withLine(sheet, product_id, (line) => ({ ...line, split: undefined }));
}

/** Whether both readings of a line are products, so that a person must choose. */
export function isAmbiguous({ is_read, level, split }: Line): boolean {
  return is_read && level !== null && split !== undefined;
}

export function withoutLine(sheet: Sheet, product_id: string): Sheet {
  return { ...sheet, lines: sheet.lines.filter((line) => line.product_id !== product_id) };
}

/** A new sheet with the lines that were refused. They have new keys, because the API repeats a refusal. */
export function refusedOnly(sheet: Sheet): Sheet {
  const refused = sheet.lines.filter(({ outcome }) => outcome && "refused" in outcome);
  return {
    ...sheet,
    id: newIdempotencyKey(),
    run: null,
    lines: refused.map((line) => ({
      ...line,
      is_read: false,
      idempotency_key: newIdempotencyKey(),
      outcome: undefined,
    })),
  };
}

/** How a line changes the units on hand; null while that is not known. */
export function deltaOf(sheet: Pick<Sheet, "kind">, { quantity, books }: Line): number | null {
  if (sheet.kind === "receive") return quantity;
  return books === null ? null : quantity - books;
}

/** Whether every line has its outcome. */
export function hasEnded({ run, lines }: Sheet): boolean {
  return run !== null && lines.every(({ outcome }) => outcome !== undefined);
}

/** Whether a stored value is a sheet of this kind. */
export function isSheet(stored: unknown, kind: SheetKind): stored is Sheet {
  const isObject = typeof stored === "object" && stored !== null;
  return isObject && "lines" in stored && Array.isArray(stored.lines) && "kind" in stored && stored.kind === kind;
}

function emptyLine(product_id: string): Line {
  const idempotency_key = newIdempotencyKey();
  const unread = { is_read: false, as_of: null, level: null, books: null };
  return { product_id, quantity: 0, entered_at: 0, ...unread, idempotency_key };
}

function entered(line: Line, quantity: number, entered_at: number, kind: SheetKind): Line {
  // The books change with every sale, so those of another moment do not belong to this count.
  const isReadAgain = kind === "count" || line.unreadable !== undefined;
  const reading = isReadAgain ? { is_read: false, as_of: null, books: null, unreadable: undefined } : {};
  return { ...line, ...reading, quantity: Math.min(quantity, UNITS_MAX), entered_at };
}

function stampOf(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
