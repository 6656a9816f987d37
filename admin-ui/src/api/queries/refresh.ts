import type { Query } from "@tanstack/react-query";

import { ApiProblem } from "../client/problem";

/** How often a query is repeated while it is on the screen. */
export const REFRESH_MS = {
  /** DynamoDB finds the items by their key. */
  cheap: 5_000,
  /** DynamoDB reads a whole table and filters it. */
  expensive: 15_000,
} as const;

/** The interval of a query; `false` (never) after an error that another attempt would not change. */
export function refreshAfter(ms: number, { state: { error } }: Pick<Query, "state">): number | false {
  return error instanceof ApiProblem && !error.isTransient ? false : ms;
}
