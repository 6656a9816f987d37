const CONCURRENCY = 4; // fast enough for a hundred items, and a small load for the API

/** The result of one call, or the error that it threw. */
export type Settled<Result> = { readonly done: Result } | { readonly error: unknown };

/**
 * Call an async function for each item, a few at a time. A call that fails does not stop the others.
 *
 * @param onSettled is called after each item, to show progress
 * @returns what each call returned or threw, in the order of the items
 */
export async function mapWithConcurrency<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onSettled?: (item: Item, result: Settled<Result>) => void,
): Promise<readonly Settled<Result>[]> {
  const results: Settled<Result>[] = [];
  const waiting = [...items.entries()];
  async function worker() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, item] = next;
      const result = await settle(() => work(item));
      results[index] = result;
      onSettled?.(item, result);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

async function settle<Result>(call: () => Promise<Result>): Promise<Settled<Result>> {
  try {
    return { done: await call() };
  } catch (error) {
    return { error };
  }
}
