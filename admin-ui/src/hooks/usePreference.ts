import { useCallback, useState } from "react";

const PREFIX = "inventory.";

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

/** A preference of the user, stored in this browser. */
export function usePreference<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => readPreference(name, initial));
  const store = useCallback(
    (next: Value) => {
      setValue(next);
      try {
        localStorage.setItem(PREFIX + name, JSON.stringify(next));
      } catch {
        // A browser without storage keeps it until the page is closed.
      }
    },
    [name],
  );
  return [value, store];
}
