import type { Level } from "../types";

export type LevelKey = Pick<Level, "product_id" | "warehouse_id">;

/** A level's key as one string. It is unique because no id contains the separator, a control character. */
export function levelName({ product_id, warehouse_id }: LevelKey): string {
  return `${product_id}\u001F${warehouse_id}`;
}
