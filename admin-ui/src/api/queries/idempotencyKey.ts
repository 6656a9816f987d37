/** A new key for each change. Every retry of the change sends the same key, so that it happens once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}
