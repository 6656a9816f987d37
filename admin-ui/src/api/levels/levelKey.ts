import type { Level } from "../types";

export type LevelKey = Pick<Level, "product_id" | "warehouse_id">;

/** A level's key as one string. It is unique because no id contains the separator, a control character. */
export function levelName({ product_id, warehouse_id }: LevelKey): string {
  return `${product_id}\u001F${warehouse_id}`;
}

/** What a line asks for as one string; no id is empty. */
export function lineName(line: { readonly product_id: string; readonly warehouse_id: string | null }): string {
  return levelName({ product_id: line.product_id, warehouse_id: line.warehouse_id ?? "" });
}
