import { useSyncExternalStore } from "react";

// A phone. There is no room for a column of actions, so they are below the name.
const NARROW = "(max-width: 700px)";

/** Whether the window is as narrow as a phone. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => "matchMedia" in window && window.matchMedia(NARROW).matches);
}

function subscribe(onChange: () => void): () => void {
  if (!("matchMedia" in window)) return () => undefined; // not a browser
  const media = window.matchMedia(NARROW);
  media.addEventListener("change", onChange);
  return () => media.removeEventListener("change", onChange);
}
