import type { LevelKey } from "@/api/levels/levelKey";
import type { LevelRequest } from "@/api/types";
import { identifierError, textError } from "@/components/controls/fieldErrors";
import { text } from "@/i18n/text";
import { normalized } from "@/lib/identifiers/identifiers";
import { readUnits } from "../levels/units";

/** The fields of a new level, as the user typed them. A new level is active. */
export type NewLevel = Readonly<Record<keyof LevelKey | Exclude<keyof LevelRequest, "active">, string>>;

type Errors = Readonly<Partial<Record<keyof NewLevel, string>>>;

interface ReadResult {
  /** Null while a field is invalid. */
  readonly level: { readonly key: LevelKey; readonly content: LevelRequest } | null;
  /** The error message of each invalid field. */
  readonly errors: Errors;
}

/** Read a new level, with the errors of all its fields. */
export function readNewLevel(typed: NewLevel): ReadResult {
  const [on_hand, low_stock_threshold] = [readUnits(typed.on_hand), readUnits(typed.low_stock_threshold)];
  const errors = withoutEmpty({
    product_id: identifierError(typed.product_id),
    warehouse_id: identifierError(typed.warehouse_id),
    name: textError(typed.name),
    category: textError(typed.category),
    reason: textError(typed.reason),
    on_hand: on_hand === null ? text("stock.invalid.units") : undefined,
    low_stock_threshold: low_stock_threshold === null ? text("stock.invalid.units") : undefined,
  });
  if (Object.keys(errors).length > 0 || on_hand === null || low_stock_threshold === null) {
    return { level: null, errors };
  }
  return {
    level: {
      key: {
        product_id: normalized(typed.product_id),
        warehouse_id: normalized(typed.warehouse_id),
      },
      content: {
        name: normalized(typed.name),
        category: normalized(typed.category),
        reason: normalized(typed.reason),
        on_hand,
        low_stock_threshold,
        active: true,
      },
    },
    errors,
  };
}

function withoutEmpty(errors: Readonly<Record<keyof NewLevel, string | undefined>>): Errors {
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => error !== undefined));
}
