const AT_ONCE = 4; // quick enough for a hundred rows, and no crowd before the API

/**
 * Do something for each of many, a few at a time; one that fails does not keep the others from being done.
 *
 * @param settled is told of each as it ends: with its result, or with why it failed
 */
export async function doEach<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  settled: (item: Item, result: { done: Result } | { error: unknown }) => void,
): Promise<void> {
  const waiting = [...items];
  async function worker() {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        settled(item, { done: await work(item) });
      } catch (error) {
        settled(item, { error });
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
