import type { Level, Movement, Reservation } from "@/api/types";
import { text } from "@/i18n/text";
import { formatDateTime, formatHour } from "@/lib/formats";
import { unitsOf } from "@/lib/units";

/** Entries of a list, of which there may be more. */
export interface Known<Item> {
  readonly items: readonly Item[];
  readonly isComplete: boolean;
}

export interface ProductFacts {
  readonly levels: readonly Level[];
  /** Reservations with reserved units of the product: those that wait for a payment, and those that are paid. */
  readonly holds: Known<Reservation>;
  /** The newest first. */
  readonly movements: Known<Movement>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** "0 of 12 free: 9 held by 4 checkouts, the next may come back at 19:42; 3 sold in the last hour"; null if units are free. */
export function whyNothingFree({ levels, holds, movements }: ProductFacts, now: Date): string | null {
  const total = (of: (level: Level) => number) => levels.reduce((sum, level) => sum + of(level), 0);
  const sold = levels.filter(({ active }) => active);
  if (sold.some(({ available }) => available > 0)) return null;
  const on_hand = total((level) => level.on_hand);
  const allocated = total((level) => level.allocated);
  const retired = total(({ active, available }) => (active ? 0 : available));
  const parts = [
    heldPart(
      total((level) => level.reserved),
      holds,
      now,
    ),
    allocated > 0 ? text("product.why.allocated", { units: allocated }) : null,
    retiredPart(retired, sold.length === 0),
    soldPart(movements, now) ?? (on_hand === 0 ? lastPart(movements, now) : null),
  ].filter((part) => part !== null);
  const nothing = on_hand === 0 ? text("product.why.empty") : text("product.why", { on_hand });
  if (parts.length === 0) return movements.isComplete ? `${nothing}: ${text("product.why.never")}` : nothing;
  return `${nothing}: ${parts.join("; ")}`;
}

function heldPart(units: number, { items, isComplete }: Known<Reservation>, now: Date): string | null {
  if (units === 0) return null;
  if (items.length === 0) return text("product.why.held", { units }); // not read yet
  const count = { units, count: items.length };
  if (!isComplete) return text("product.why.held.at_least", count);
  const next = items
    .filter(({ status }) => status === "HELD") // the units of paid ones do not come back
    .map(({ held_until }) => Date.parse(held_until ?? ""))
    .filter((until) => until > now.getTime());
  const by = text("product.why.held.by", count);
  return next.length === 0 ? by : [by, text("product.why.next", { at: timeOf(Math.min(...next), now) })].join(", ");
}

function retiredPart(units: number, isAll: boolean): string | null {
  if (units > 0) return text("product.why.retired", { units });
  return isAll ? text("product.why.all_retired") : null;
}

function soldPart({ items, isComplete }: Known<Movement>, now: Date): string | null {
  const since = now.getTime() - HOUR_MS;
  const recent = items.filter(({ moved_at }) => Date.parse(moved_at) >= since);
  const units = unitsOf(recent.filter(isSale).map((sale) => ({ quantity: soldUnits(sale) })));
  const isAll = isComplete || recent.length < items.length;
  return units === 0 ? null : text(isAll ? "product.why.sold" : "product.why.sold.at_least", { units });
}

function lastPart({ items }: Known<Movement>, now: Date): string | null {
  const last = items.find(({ delta }) => delta < 0);
  if (!last) return null;
  return text("product.why.last", {
    what: text(`movement_kind.${last.kind}`).toLowerCase(),
    at: timeOf(Date.parse(last.moved_at), now),
  });
}

function isSale({ kind }: Movement): boolean {
  return kind === "SOLD" || kind === "SOLD_ELSEWHERE";
}

/** The units of a sale. One that is not dispatched yet has a delta of 0, because its units are still on hand. */
function soldUnits({ units, delta }: Movement): number {
  return units ?? -delta;
}

/** "19:42" if that is within a day, else with its date. */
function timeOf(time: number, now: Date): string {
  const date = new Date(time);
  return Math.abs(time - now.getTime()) < DAY_MS && date.getDate() === now.getDate()
    ? formatHour(date)
    : formatDateTime(date);
}
