import { expect, test } from "vitest";

import { type Page, readPage } from "./pages";

/** A list with pages of these sizes. Each item is the number of its page, and so is the cursor. */
function aList(...sizes: readonly number[]) {
  return (cursor: string | undefined): Promise<Page<number>> => {
    const page = Number(cursor ?? 0);
    const items = Array.from({ length: sizes[page] ?? 0 }, () => page);
    return Promise.resolve({ items, cursor: page + 1 < sizes.length ? String(page + 1) : null });
  };
}

test("a short page is filled with items of the next pages", async () => {
  expect(await readPage(aList(0, 1, 9, 3), undefined, 10)).toEqual({
    items: [1, ...Array<number>(9).fill(2)],
    cursor: "3",
  });
});

test("a page that is at least half full is not extended", async () => {
  expect(await readPage(aList(5, 5), undefined, 10)).toMatchObject({ cursor: "1" });
});

test("reading stops after five empty pages", async () => {
  expect(await readPage(aList(...Array<number>(50).fill(0)), undefined, 10)).toEqual({ items: [], cursor: "5" });
});
