import { expect, test } from "vitest";

import { limitConcurrency } from "./limitConcurrency";

test("no more run at once than the limit, and one that fails gives its place to the next", async () => {
  const limited = limitConcurrency(2);
  let running = 0;
  let most = 0;
  const work = (number: number) => async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (number % 2 === 0) throw new Error("even");
    return number;
  };

  const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => limited(work(number))));

  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(most).toBe(2);
});
