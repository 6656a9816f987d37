import { ApiProblem } from "../client/problem";

/** A new key for each change. Every retry of the change sends the same key, so that it happens once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

const REFUSALS: readonly number[] = [400, 404, 409];

/**
 * Whether a call was decided, and nothing was written. The same call under its key would be answered the same.
 *
 * A conflict of the key itself is no such refusal: an earlier call, whose response was lost, may have been made.
 */
export function wasRefused(error: unknown): boolean {
  return error instanceof ApiProblem && REFUSALS.includes(error.status) && error.code !== "IDEMPOTENCY_CONFLICT";
}
