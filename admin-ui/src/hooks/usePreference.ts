import { useCallback, useState } from "react";

import { PREFIX, readPreference } from "@/lib/preferences";

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
