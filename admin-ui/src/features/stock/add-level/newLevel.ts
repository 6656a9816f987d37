import type { LevelKey } from "@/api/levels/levelKey";
import { IDENTIFIER, TEXT_LENGTH_MAX } from "@/api/limits";
import type { LevelRequest } from "@/api/types";
import { text } from "@/i18n/text";
import { readUnits } from "../levels/units";

/** The fields of a new level, as the user typed them. */
export type NewLevel = Readonly<Record<keyof LevelKey | keyof LevelRequest, string>>;

interface ReadResult {
  /** Null while a field is invalid. */
  readonly level: { readonly key: LevelKey; readonly content: LevelRequest } | null;
  /** The error message of each invalid field. */
  readonly errors: Readonly<Partial<Record<keyof NewLevel, string>>>;
}

/** Read a new level, with the errors of all its fields. */
export function readNewLevel(typed: NewLevel): ReadResult {
  const [product_id, warehouse_id] = [typed.product_id.trim(), typed.warehouse_id.trim()];
  const [name, category, reason] = [typed.name.trim(), typed.category.trim(), typed.reason.trim()];
  const [on_hand, low_stock_threshold] = [readUnits(typed.on_hand), readUnits(typed.low_stock_threshold)];
  const errors: Partial<Record<keyof NewLevel, string>> = {};
  for (const [field, value] of Object.entries({ product_id, warehouse_id })) {
    if (!IDENTIFIER.test(value)) errors[field as keyof LevelKey] = text("stock.invalid.identifier");
  }
  for (const [field, value] of Object.entries({ name, category, reason })) {
    if (!value || value.length > TEXT_LENGTH_MAX) errors[field as keyof NewLevel] = text("stock.invalid.text");
  }
  if (on_hand === null) errors.on_hand = text("stock.invalid.units");
  if (low_stock_threshold === null) errors.low_stock_threshold = text("stock.invalid.units");
  const isValid = Object.keys(errors).length === 0;
  if (!isValid || on_hand === null || low_stock_threshold === null) return { level: null, errors };
  return {
    level: { key: { product_id, warehouse_id }, content: { name, category, on_hand, low_stock_threshold, reason } },
    errors,
  };
}
