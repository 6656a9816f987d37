import { type RefObject, useEffect, useRef } from "react";

/**
 * For what somebody opens a dialog to fill in. The dialog itself gives the focus to its close button, and it must be
 * let, as it remembers then where the focus goes back to; `autoFocus` comes too early for that.
 */
export function useInitialFocus<Target extends { focus(): void }>(isFirst = true): RefObject<Target | null> {
  const target = useRef<Target>(null);
  useEffect(() => {
    if (!isFirst) return undefined;
    const timer = setTimeout(() => target.current?.focus());
    return () => {
      clearTimeout(timer);
    };
  }, [isFirst]);
  return target;
}
