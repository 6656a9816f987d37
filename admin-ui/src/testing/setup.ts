import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

configure({ asyncUtilTimeout: 10_000 }); // the machine may be busy

// Nothing is in view, because jsdom lays nothing out.
vi.stubGlobal(
  "IntersectionObserver",
  class {
    observe = () => undefined;
    disconnect = () => undefined;
  },
);

afterEach(() => {
  cleanup();
  localStorage.clear();
});
