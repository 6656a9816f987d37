import { act, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { useWasNear } from "./useWasNear";

function Chart() {
  const [ref, wasNear] = useWasNear<HTMLDivElement>();
  return <div ref={ref}>{wasNear ? "drawn" : "far away"}</div>;
}

/** An observer of what is in view. The result says that its element came into view, or left it. */
function observeByHand(): (isIntersecting: boolean) => void {
  const reports: IntersectionObserverCallback[] = [];
  class Observer {
    constructor(report: IntersectionObserverCallback) {
      reports.push(report);
    }
    observe = () => undefined;
    disconnect = () => undefined;
  }
  vi.stubGlobal("IntersectionObserver", Observer);
  return (isIntersecting) => {
    const entry = { isIntersecting } as IntersectionObserverEntry;
    act(() => reports.forEach((report) => report([entry], {} as IntersectionObserver)));
  };
}

it("draws what comes near, and keeps it", () => {
  const move = observeByHand();
  render(<Chart />);

  move(false);
  expect(screen.queryByText("far away")).not.toBeNull();

  move(true);
  move(false);
  expect(screen.queryByText("drawn")).not.toBeNull();
});
