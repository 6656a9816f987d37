import type { Level } from "../types";

/** A level's key. */
export type LevelKey = Pick<Level, "product_id" | "warehouse_id">;

/** The one name of a level: no id contains a space. */
export function levelName({ product_id, warehouse_id }: LevelKey): string {
  return `${product_id} ${warehouse_id}`;
}
