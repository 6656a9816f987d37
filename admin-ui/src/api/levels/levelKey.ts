import type { Level } from "../types";

export type LevelKey = Pick<Level, "product_id" | "warehouse_id">;

/** A level's key as one string. It is unique because no id contains a space. */
export function levelName({ product_id, warehouse_id }: LevelKey): string {
  return `${product_id} ${warehouse_id}`;
}
