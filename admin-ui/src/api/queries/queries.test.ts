import { expect, test } from "vitest";

import { ApiProblem } from "../client/problem";
import { createQueryClient, type Page, readPage, refreshAfter } from "./queries";

/** A list in pages of these sizes, whose cursor is the number of the page. */
function aList(...sizes: readonly number[]) {
  return (cursor: string | undefined): Promise<Page<number>> => {
    const page = Number(cursor ?? 0);
    const items = Array.from({ length: sizes[page] ?? 0 }, () => page);
    return Promise.resolve({ items, cursor: page + 1 < sizes.length ? String(page + 1) : null });
  };
}

test("a short page is filled from the next ones", async () => {
  expect(await readPage(aList(0, 1, 9, 3), undefined, 10)).toEqual({
    items: [1, ...Array<number>(9).fill(2)],
    cursor: "3",
  });
});

test("a page that is full enough is left as it is", async () => {
  expect(await readPage(aList(5, 5), undefined, 10)).toMatchObject({ cursor: "1" });
});

test("a list in which nothing is found is not read to its end at once", async () => {
  expect(await readPage(aList(...Array<number>(50).fill(0)), undefined, 10)).toEqual({ items: [], cursor: "5" });
});

test.each([
  ["is read", null, 5_000],
  ["cannot be reached", ApiProblem.offline("nobody answered"), 5_000],
  ["is busy", new ApiProblem({ status: 503, code: "BUSY", title: "", detail: "" }), 5_000],
  ["is refused", new ApiProblem({ status: 403, code: "FORBIDDEN", title: "", detail: "" }), false],
  ["is not there", new ApiProblem({ status: 404, code: "IMPORT_NOT_FOUND", title: "", detail: "" }), false],
])("what %s is asked for again while that may help", (_, error, expected) => {
  const query = createQueryClient()
    .getQueryCache()
    .build(createQueryClient(), { queryKey: ["x"] });
  query.setState({ error });

  expect(refreshAfter(5_000, query)).toBe(expected);
});
