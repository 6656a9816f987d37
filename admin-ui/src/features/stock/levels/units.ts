import { UNITS_MAX } from "@/api/limits";
import type { Level, StockStatus } from "@/api/types";

/** Read a number of units that the user typed; null if it is not valid. */
export function readUnits(typed: string): number | null {
  const units = readWhole(typed);
  return units !== null && units >= 0 && units <= UNITS_MAX ? units : null;
}

/** Read a number of units to add, or to remove if it is negative; null if it is zero or not valid. */
export function readDelta(typed: string): number | null {
  const delta = readWhole(typed);
  return delta !== null && delta !== 0 && Math.abs(delta) <= UNITS_MAX ? delta : null;
}

function readWhole(typed: string): number | null {
  return /^[+-]?\d{1,15}$/.test(typed.trim()) ? Number(typed) : null;
}

/** A level with another number of units on hand. `available` is negative if more units are promised to customers. */
export function withOnHand(level: Level, on_hand: number): Level {
  const available = level.available + on_hand - level.on_hand;
  const is_low = on_hand - level.allocated <= level.low_stock_threshold; // what is not yet sold, held units included
  return { ...level, on_hand, available, is_low, status: statusOf(available, level.low_stock_threshold) };
}

/** The API's rule. */
function statusOf(available: number, low_stock_threshold: number): StockStatus {
  if (available <= 0) return "OUT_OF_STOCK";
  return available <= low_stock_threshold ? "LOW_STOCK" : "IN_STOCK";
}
