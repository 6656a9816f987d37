import type { Level, Movement } from "@/api/types";

export interface Point {
  readonly at: Date;
  readonly on_hand: number;
}

/** How many units were on hand in a warehouse, over time. */
export interface History {
  readonly warehouse_id: string;
  /** The earliest first. Between two of them nothing was changed. */
  readonly points: readonly Point[];
}

/**
 * Walk back from what is on hand now through what was added and taken away.
 *
 * @param movements of one product, the newest first; the earliest may be missing
 * @param isWhole whether they go back to the product's beginning
 */
export function historiesOf(
  levels: readonly Level[],
  movements: readonly Movement[],
  now: Date,
  isWhole: boolean,
): readonly History[] {
  const oldest = movements.at(-1);
  const start = oldest ? justBefore(oldest.moved_at) : now;
  return levels.map(({ warehouse_id, on_hand }) => {
    const points: Point[] = [{ at: now, on_hand }];
    let before = on_hand;
    for (const { moved_at, delta } of movements.filter((movement) => movement.warehouse_id === warehouse_id)) {
      if (delta === 0) continue;
      points.unshift({ at: new Date(moved_at), on_hand: before });
      before -= delta;
      if (!isWhole || before !== 0) points.unshift({ at: justBefore(moved_at), on_hand: before });
    }
    const reachesBack = points.some(({ at }) => at <= start);
    return { warehouse_id, points: isWhole || reachesBack ? points : [{ at: start, on_hand: before }, ...points] };
  });
}

/** How many units each movement left on hand, by its id. */
export function balancesOf(levels: readonly Level[], movements: readonly Movement[]): ReadonlyMap<string, number> {
  const balances = new Map<string, number>();
  const left = new Map(levels.map(({ warehouse_id, on_hand }) => [warehouse_id, on_hand]));
  for (const { movement_id, warehouse_id, delta } of movements) {
    const on_hand = left.get(warehouse_id);
    if (on_hand === undefined) continue;
    balances.set(movement_id, on_hand);
    left.set(warehouse_id, on_hand - delta);
  }
  return balances;
}

// Stock changes at once: a line that went there slowly would tell of units that never were.
function justBefore(time: string): Date {
  return new Date(new Date(time).getTime() - 1);
}
