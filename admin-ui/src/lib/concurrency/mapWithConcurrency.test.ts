import { expect, test } from "vitest";

import { mapWithConcurrency } from "./mapWithConcurrency";

const numbers = Array.from({ length: 20 }, (_, index) => index);

test("a call that fails does not stop the others", async () => {
  const done: number[] = [];
  const failed: number[] = [];

  await mapWithConcurrency(
    numbers,
    (number) => (number === 3 ? Promise.reject(new Error("no")) : Promise.resolve(number)),
    (number, result) => ("done" in result ? done : failed).push(number),
  );

  expect(failed).toEqual([3]);
  expect(done.sort((one, other) => one - other)).toEqual(numbers.filter((number) => number !== 3));
});

test("results have the order of the items, however long each call takes", async () => {
  const results = await mapWithConcurrency([3, 1, 2], async (number) => {
    await new Promise((resolve) => setTimeout(resolve, number));
    return number;
  });

  expect(results).toEqual([{ done: 3 }, { done: 1 }, { done: 2 }]);
});

test("at most four calls run at the same time", async () => {
  let running = 0;
  let most = 0;

  await mapWithConcurrency(numbers, async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  });

  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});
