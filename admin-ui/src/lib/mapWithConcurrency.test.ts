import { expect, test } from "vitest";

import { doEach } from "./mapWithConcurrency";

const numbers = Array.from({ length: 20 }, (_, index) => index);

test("one that fails does not keep the others from being done", async () => {
  const done: number[] = [];
  const failed: number[] = [];

  await doEach(
    numbers,
    (number) => (number === 3 ? Promise.reject(new Error("no")) : Promise.resolve(number)),
    (number, result) => ("done" in result ? done : failed).push(number),
  );

  expect(failed).toEqual([3]);
  expect(done.sort((one, other) => one - other)).toEqual(numbers.filter((number) => number !== 3));
});

test("few are under way at the same time", async () => {
  let underWay = 0;
  let most = 0;

  await doEach(
    numbers,
    async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
    },
    () => undefined,
  );

  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});
