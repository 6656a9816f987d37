import { useEffect, useState } from "react";

interface OnlyTab {
  /** Whether this tab is the one; null until the browser has answered. */
  readonly isHere: boolean | null;
  /** Makes this tab the one, whatever the other tab does. */
  readonly takeOver: () => void;
}

/**
 * Whether this tab is the only one of the browser that may change what has this name.
 *
 * The first tab is, until it is closed or another one takes over. A browser without locks lets every tab change it.
 */
export function useOnlyTab(name: string): OnlyTab {
  const [isHere, setIsHere] = useState(hasLocks() ? null : true);
  const [takeovers, setTakeovers] = useState(0);
  useEffect(() => {
    if (!hasLocks()) return undefined;
    const abort = new AbortController();
    void hold(name, takeovers > 0 ? { steal: true } : { ifAvailable: true }, setIsHere, abort.signal);
    return () => abort.abort();
  }, [name, takeovers]);
  return { isHere, takeOver: () => setTakeovers((before) => before + 1) };
}

/** Hold the lock whenever it can be had, until the signal. */
async function hold(name: string, first: LockOptions, onChange: (isHere: boolean) => void, signal: AbortSignal) {
  for (let options = first; ; options = { signal }) {
    try {
      await navigator.locks.request(name, options, async (lock) => {
        if (lock === null || signal.aborted) return;
        onChange(true);
        await aborted(signal);
      });
    } catch {
      // Another tab took it over, or this component is gone.
    }
    if (signal.aborted) return;
    onChange(false);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function hasLocks(): boolean {
  return "locks" in navigator; // not on a page without TLS
}
