import type { LevelKey } from "@/api/levels/levelKey";
import { IDENTIFIER, TEXT_LENGTH_MAX } from "@/api/limits";
import type { LevelRequest } from "@/api/types";
import { text } from "@/i18n/text";
import { readUnits } from "../levels/units";

/** A new level as it is typed. */
export type NewLevel = Readonly<Record<keyof LevelKey | keyof LevelRequest, string>>;

interface Read {
  /** Null while something is wrong. */
  readonly level: { readonly key: LevelKey; readonly content: LevelRequest } | null;
  /** What is wrong, by field. */
  readonly wrong: Readonly<Partial<Record<keyof NewLevel, string>>>;
}

/** Read a new level, with everything that is wrong with it. */
export function readNewLevel(typed: NewLevel): Read {
  const [product_id, warehouse_id] = [typed.product_id.trim(), typed.warehouse_id.trim()];
  const [name, category, reason] = [typed.name.trim(), typed.category.trim(), typed.reason.trim()];
  const [on_hand, low_stock_threshold] = [readUnits(typed.on_hand), readUnits(typed.low_stock_threshold)];
  const wrong: Partial<Record<keyof NewLevel, string>> = {};
  for (const [field, value] of Object.entries({ product_id, warehouse_id })) {
    if (!IDENTIFIER.test(value)) wrong[field as keyof LevelKey] = text("stock.wrong.identifier");
  }
  for (const [field, value] of Object.entries({ name, category, reason })) {
    if (!value || value.length > TEXT_LENGTH_MAX) wrong[field as keyof NewLevel] = text("stock.wrong.text");
  }
  if (on_hand === null) wrong.on_hand = text("stock.wrong.units");
  if (low_stock_threshold === null) wrong.low_stock_threshold = text("stock.wrong.units");
  if (on_hand === null || low_stock_threshold === null || Object.keys(wrong).length > 0) return { level: null, wrong };
  return {
    level: { key: { product_id, warehouse_id }, content: { name, category, on_hand, low_stock_threshold, reason } },
    wrong,
  };
}
