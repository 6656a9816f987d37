/** How a time that is left is written, and how it is said. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { shown, spoken } from "../src/widget/countdown-text.js";

const DAY = 86_400;

test("a time is shown to the second, and in days from two on", () => {
  const times = [0, 5, 65, 900, 3_599, 3_600, 3_665, 2 * DAY - 1, 2 * DAY, 31 * DAY];

  assert.deepEqual(
    times.map((seconds) => shown(seconds, "en")),
    ["0:00", "0:05", "1:05", "15:00", "59:59", "1:00:00", "1:01:05", "47:59:59", "2 days", "31 days"],
  );
});

test("a time is said in the language of the page", () => {
  const said = [60, 300, 7_200].map((seconds) => [spoken(seconds, "en"), spoken(seconds, "de")]);

  assert.deepEqual(said, [
    ["1 minute", "1 Minute"],
    ["5 minutes", "5 Minuten"],
    ["2 hours", "2 Stunden"],
  ]);
});
