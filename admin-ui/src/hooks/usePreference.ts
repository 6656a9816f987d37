import { useCallback, useState } from "react";

const PREFIX = "inventory.";

/** Read what was kept, if it is still of the same kind. */
export function readPreference<Value>(name: string, initial: Value): Value {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    const isSameKind =
      kept !== null && typeof kept === typeof initial && Array.isArray(kept) === Array.isArray(initial);
    return isSameKind ? (kept as Value) : initial;
  } catch {
    return initial; // nothing that can be read, or a browser that keeps nothing
  }
}

/** How somebody likes a view, kept in this browser. */
export function usePreference<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => readPreference(name, initial));
  const keep = useCallback(
    (next: Value) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing: it holds until the page is closed.
      }
    },
    [name],
  );
  return [value, keep];
}
