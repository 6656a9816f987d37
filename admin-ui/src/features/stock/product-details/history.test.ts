import { expect, test } from "vitest";

import { aLevel, aMovement } from "@/testing/factories";
import { balancesOf, historiesOf } from "./history";

const NOW = new Date("2026-11-22T12:00:00.000Z");
const levels = [aLevel({ on_hand: 7 }), aLevel({ warehouse_id: "north", on_hand: 4 })];
const movements = [
  aMovement({ movement_id: "4", moved_at: "2026-11-22T11:00:00.000Z", delta: -3 }),
  aMovement({ movement_id: "3", moved_at: "2026-11-22T10:30:00.000Z", delta: 0, kind: "EDITED" }),
  aMovement({ movement_id: "2", moved_at: "2026-11-22T10:00:00.000Z", delta: 4, warehouse_id: "north" }),
  aMovement({ movement_id: "1", moved_at: "2026-11-22T09:00:00.000Z", delta: 10, kind: "RECEIVED" }),
];

const pointsOf = (isComplete: boolean, of = movements) =>
  historiesOf(levels, of, NOW, isComplete).map(({ warehouse_id, points }) => [
    warehouse_id,
    ...points.map(({ at, on_hand }) => `${at.toISOString().slice(11, 23)} ${on_hand}`),
  ]);

test("the history goes back from now to the first movement, with a step at each movement", () => {
  expect(pointsOf(true)).toEqual([
    ["main", "09:00:00.000 10", "10:59:59.999 10", "11:00:00.000 7", "12:00:00.000 7"],
    ["north", "10:00:00.000 4", "12:00:00.000 4"],
  ]);
});

test("if earlier movements are missing, the history starts just before the earliest that is known", () => {
  expect(pointsOf(false, movements.slice(0, 3))).toEqual([
    ["main", "09:59:59.999 10", "10:59:59.999 10", "11:00:00.000 7", "12:00:00.000 7"],
    ["north", "09:59:59.999 0", "10:00:00.000 4", "12:00:00.000 4"],
  ]);
});

test("each movement has the units on hand after it, in its warehouse", () => {
  expect(Object.fromEntries(balancesOf(levels, movements))).toEqual({ 1: 10, 2: 4, 3: 10, 4: 7 });
});
