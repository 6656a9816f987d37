import type { ProblemCode } from "@/api/client/problem";

/** A success with a body. */
export function ok(body: unknown): Response {
  return Response.json(body);
}

/** One page of a list; a cursor means that there are more pages. */
export function page(items: readonly unknown[], cursor: string | null = null): Response {
  return ok({ items, cursor });
}

/** An error with a problem document. */
export function problem(status: number, code: ProblemCode, more: object = {}): Response {
  return Response.json({ status, code, title: code, detail: "the request is refused", ...more }, { status });
}

/** A list whose first six pages are empty; the last page has one item. A page of the list reads up to five at once. */
export function sparseList(request: Request, item: unknown): Response {
  const number = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
  return number < 6 ? page([], String(number + 1)) : page([item]);
}
