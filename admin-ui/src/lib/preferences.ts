/** What stored preferences of this page begin with. */
export const PREFIX = "inventory.";

/** Read a stored preference, if it has the same type as its default. */
export function readPreference<Value>(name: string, initial: Value): Value {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    const isSameKind =
      stored !== null && typeof stored === typeof initial && Array.isArray(stored) === Array.isArray(initial);
    return isSameKind ? (stored as Value) : initial;
  } catch {
    return initial; // not readable, or a browser without storage
  }
}
