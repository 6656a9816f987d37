import type { Query } from "@tanstack/react-query";

import { ApiProblem } from "../client/problem";

/**
 * How often a query is repeated while it is on the screen, and the browser's tab is visible.
 *
 * callsAMinute.test.tsx prints and limits what that costs.
 */
export const REFRESH_MS = {
  /** One thing that somebody looks at, or a product's few items. */
  item: 5_000,
  /** A list by key, newest first. */
  list: 10_000,
  /** What is read again when a push says that it changed. A push may be lost, and not every change is pushed. */
  pushed: 30_000,
  /** A list of the read model. */
  modelList: 15_000,
  /** The figures of the overview, and what rarely happens: payments to return, failed orders. */
  figures: 30_000,
  /** What changes with the sales of days, or of hours. */
  trend: 60_000,
} as const;

/** The interval of a query; `false` (never) after an error that another attempt would not change. */
export function refreshAfter(ms: number, { state: { error } }: Pick<Query, "state">): number | false {
  if (error instanceof ApiProblem && error.isReadModelMissing) return Math.max(ms, REFRESH_MS.figures); // it is being built
  return error instanceof ApiProblem && !error.isTransient ? false : ms;
}
