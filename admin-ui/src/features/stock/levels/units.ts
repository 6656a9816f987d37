import { UNITS_MAX } from "@/api/limits";
import type { Level, StockStatus } from "@/api/types";

/** Read a number of units as somebody typed it; null when it is none. */
export function readUnits(typed: string): number | null {
  const units = readWhole(typed);
  return units !== null && units >= 0 && units <= UNITS_MAX ? units : null;
}

/** Read a number of units to add or, below zero, to take away; null when it is none, or zero. */
export function readDelta(typed: string): number | null {
  const delta = readWhole(typed);
  return delta !== null && delta !== 0 && Math.abs(delta) <= UNITS_MAX ? delta : null;
}

function readWhole(typed: string): number | null {
  return /^[+-]?\d{1,15}$/.test(typed.trim()) ? Number(typed) : null;
}

/** What a level would be with this many units on hand; below zero available when more is reserved. */
export function withOnHand(level: Level, on_hand: number): Level {
  const available = on_hand - level.reserved;
  return { ...level, on_hand, available, status: statusOf(on_hand, available, level.low_stock_threshold) };
}

function statusOf(on_hand: number, available: number, low_stock_threshold: number): StockStatus {
  if (available <= 0) return "OUT_OF_STOCK";
  return on_hand <= low_stock_threshold ? "LOW_STOCK" : "IN_STOCK";
}
