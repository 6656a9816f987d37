import type { Level, Movement } from "../api/types";

/** A stock level like many. */
export function aLevel(content: Partial<Level> = {}): Level {
  return {
    product_id: "KIT-0001",
    warehouse_id: "main",
    name: "Tea Kettle",
    category: "kitchen",
    on_hand: 20,
    reserved: 6,
    available: 14,
    low_stock_threshold: 5,
    status: "IN_STOCK",
    version: 7,
    updated_at: "2026-11-22T10:15:00.000Z",
    ...content,
  };
}

/** An entry of the ledger like many. */
export function aMovement(content: Partial<Movement> = {}): Movement {
  return {
    movement_id: `${content.moved_at ?? "2026-11-22T10:15:00.000Z"}#order-1001#main`,
    product_id: "KIT-0001",
    warehouse_id: "main",
    moved_at: "2026-11-22T10:15:00.000Z",
    kind: "SOLD",
    delta: -2,
    actor: "checkout",
    reason: "sold",
    reference: "order-1001",
    ...content,
  };
}
