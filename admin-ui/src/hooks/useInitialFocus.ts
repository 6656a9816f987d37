import { type RefObject, useEffect, useRef } from "react";

/**
 * Focus the first field of a dialog, shortly after it opens.
 *
 * The dialog first focuses its own close button and stores where the focus came from, so that it can return it later.
 * `autoFocus` is too early for that.
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
