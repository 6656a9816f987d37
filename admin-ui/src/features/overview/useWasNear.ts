import { type RefObject, useEffect, useRef, useState } from "react";

const NEAR = "200px"; // what the next turn of a wheel shows

/** Whether an element is in view or nearly so, or was before: what is far down a page need not load with it. */
export function useWasNear<T extends Element>(): readonly [RefObject<T | null>, boolean] {
  const ref = useRef<T>(null);
  const [wasNear, setWasNear] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (!element || wasNear) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setWasNear(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [wasNear]);
  return [ref, wasNear];
}
