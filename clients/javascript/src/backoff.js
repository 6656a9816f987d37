/** Exponential backoff with full jitter, so that many pages that lost the same connection do not come back together. */

/**
 * A random time below a limit that doubles with each attempt.
 * @param {number} attempt 1 for the first
 * @param {{ baseMs: number, capMs: number, random?: () => number }} limits
 */
export function backoffMs(attempt, { baseMs, capMs, random = Math.random }) {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

/**
 * A time between half and one and a half of it.
 * @param {number} ms
 * @param {() => number} random
 */
export function jittered(ms, random) {
  return ms * (0.5 + random());
}
