import { expect, test } from "vitest";

import type { Level } from "@/api/types";
import { aLevel, aMovement, aReservation } from "@/testing/factories";
import { formatHour } from "@/lib/formats";
import { type ProductFacts, whyNothingFree } from "./whyNothingFree";

const NOW = new Date(2026, 10, 22, 19, 30);
const at = (hour: number, minute: number) => new Date(2026, 10, 22, hour, minute).toISOString();

const soldOut = (content: Partial<Level> = {}) => aLevel({ on_hand: 9, reserved: 9, available: 0, ...content });

function why(facts: Partial<ProductFacts>): string | null {
  const nothing = { items: [], isComplete: true };
  return whyNothingFree({ levels: [soldOut()], holds: nothing, movements: nothing, ...facts }, NOW);
}

const hold = (minute: number) => aReservation({ reservation_id: `R-${minute}`, held_until: at(19, minute) });

test("units that are held come back when the first hold ends, and sales of the last hour are said", () => {
  const facts = {
    holds: { items: [hold(50), hold(42)], isComplete: true },
    movements: { items: [aMovement({ moved_at: at(19, 5), delta: -3 })], isComplete: true },
  };

  const next = formatHour(new Date(at(19, 42)));
  expect(why(facts)).toBe(
    `0 of 9 free: 9 held by 2 checkouts, the next may come back at ${next}; 3 sold in the last hour`,
  );
});

test("paid checkouts hold units, too, but theirs do not come back", () => {
  const paid = aReservation({ reservation_id: "P", status: "PAID", held_until: at(19, 35) });
  const next = formatHour(new Date(at(19, 42)));

  expect(why({ holds: { items: [paid, hold(42)], isComplete: true } })).toBe(
    `0 of 9 free: 9 held by 2 checkouts, the next may come back at ${next}`,
  );
  expect(why({ holds: { items: [paid], isComplete: true } })).toBe("0 of 9 free: 9 held by 1 checkout");
});

test("with more holds than were read, none of them is called the next", () => {
  expect(why({ holds: { items: [hold(42)], isComplete: false } })).toBe("0 of 9 free: 9 held by at least 1 checkout");
});

test("a tracked sale has its units, and more sales than were read are at least those", () => {
  const sale = aMovement({ moved_at: at(19, 5), delta: 0, units: 4 });
  const levels = [soldOut({ on_hand: 4, reserved: 0, allocated: 4 })];

  expect(why({ levels, movements: { items: [sale], isComplete: false } })).toBe(
    "0 of 4 free: 4 sold and not yet dispatched; at least 4 sold in the last hour",
  );
});

test("an empty shelf names the last movement that took units", () => {
  const levels = [soldOut({ on_hand: 0, reserved: 0 })];
  const counted = aMovement({ kind: "COUNTED", moved_at: at(9, 15), delta: -2 });

  const last = formatHour(new Date(at(9, 15)));
  expect(why({ levels, movements: { items: [counted], isComplete: true } })).toBe(
    `Nothing on hand: the last units went at ${last} (counted)`,
  );
  expect(why({ levels })).toBe("Nothing on hand: it was never in stock");
});

test("retired levels are not sold, whatever they have", () => {
  const levels = [soldOut({ on_hand: 7, reserved: 0, available: 7, active: false })];

  expect(why({ levels })).toBe("0 of 7 free: 7 in retired levels, which are not sold");
  expect(why({ levels: [soldOut({ on_hand: 0, reserved: 0, active: false })] })).toBe(
    "Nothing on hand: all its levels are retired",
  );
});

test("a product with free units needs no explanation", () => {
  expect(why({ levels: [soldOut(), aLevel({ available: 1 })] })).toBeNull();
});
