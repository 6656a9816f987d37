/** What happens to the page around the live client: it is hidden, shown, loses its network, or sleeps. */

/**
 * @typedef {object} PageLife
 * @property {() => boolean} isHidden
 * @property {(on: PageEvents) => () => void} listen calls back until the function that it returns is called
 *
 * @typedef {object} PageEvents
 * @property {() => void} hidden
 * @property {() => void} shown
 * @property {() => void} offline
 * @property {() => void} online
 * @property {() => void} left the page is put aside, perhaps for good
 */

/** A program without a page, such as one in Node.js. @type {PageLife} */
export const noPage = { isHidden: () => false, listen: () => () => {} };

/** The page of this browser. @type {PageLife} */
const browserPage = {
  isHidden: () => document.hidden,
  listen(on) {
    const listening = new AbortController();
    const { signal } = listening;
    document.addEventListener("visibilitychange", () => (document.hidden ? on.hidden() : on.shown()), { signal });
    // Pages that are frozen, or kept for the back button, lose their connections without an event of them.
    document.addEventListener("resume", () => on.online(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && on.online(), { signal });
    window.addEventListener("pagehide", () => on.left(), { signal });
    window.addEventListener("offline", () => on.offline(), { signal });
    window.addEventListener("online", () => on.online(), { signal });
    return () => listening.abort();
  },
};

/** The page of this browser, or none. */
export function thisPage() {
  return typeof document === "undefined" ? noPage : browserPage;
}
