import type { Level, Movement } from "@/api/types";

export interface Point {
  readonly at: Date;
  readonly on_hand: number;
}

/** The units on hand in a warehouse over time. */
export interface History {
  readonly warehouse_id: string;
  /** The earliest first. Between two points nothing changed. */
  readonly points: readonly Point[];
}

/**
 * Compute the history of each level from its current units on hand, back through the movements.
 *
 * @param movements of one product, the newest first; the earliest may be missing
 * @param isComplete whether no movement is missing
 */
export function historiesOf(
  levels: readonly Level[],
  movements: readonly Movement[],
  now: Date,
  isComplete: boolean,
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
      if (!isComplete || before !== 0) points.unshift({ at: justBefore(moved_at), on_hand: before });
    }
    const reachesBack = points.some(({ at }) => at <= start);
    return { warehouse_id, points: isComplete || reachesBack ? points : [{ at: start, on_hand: before }, ...points] };
  });
}

/** The units on hand after each movement, by the movement's id. */
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

// The chart draws lines between points. This point makes each change a step, not a slope.
function justBefore(time: string): Date {
  return new Date(new Date(time).getTime() - 1);
}
