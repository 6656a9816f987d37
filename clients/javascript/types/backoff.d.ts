/** Exponential backoff with full jitter, so that many pages that lost the same connection do not come back together. */
/**
 * A random time below a limit that doubles with each attempt.
 * @param {number} attempt 1 for the first
 * @param {{ baseMs: number, capMs: number, random?: () => number }} limits
 */
export function backoffMs(attempt: number, { baseMs, capMs, random }: {
    baseMs: number;
    capMs: number;
    random?: () => number;
}): number;
/**
 * A time between half and one and a half of it.
 * @param {number} ms
 * @param {() => number} random
 */
export function jittered(ms: number, random: () => number): number;
