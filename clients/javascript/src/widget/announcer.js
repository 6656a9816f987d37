/** Reads changes aloud, at a rate that a shopper can bear: one of the whole page at a time. */

const EVERY_MS = 10_000;
const SETTLED_MS = 1_000; // a number that still changes is announced once

/** What will be announced, by the live region of its element. @type {Map<Element, { text: string, announced: () => void }>} */
const waiting = new Map();
let announcedAt = -EVERY_MS;
let isScheduled = false;

/**
 * Announce a text in a polite live region, in the place of one that still waits there.
 * @param {Element} region
 * @param {string} text
 * @param {() => void} [announced] called when it is
 */
export function announce(region, text, announced = () => {}) {
  waiting.set(region, { text, announced });
  schedule();
}

/** What was to be announced is not true any more. @param {Element} region */
export function unannounce(region) {
  waiting.delete(region);
}

function schedule() {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  const wait = Math.max(SETTLED_MS, announcedAt + EVERY_MS - Date.now());
  setTimeout(speak, Math.min(wait, EVERY_MS));
}

function speak() {
  isScheduled = false;
  const [next] = waiting;
  if (!next) return;
  const [region, { text, announced }] = next;
  waiting.delete(region);
  announcedAt = Date.now();
  region.textContent = text;
  announced();
  // Nobody should find it there when the page is read line by line.
  setTimeout(() => region.textContent === text && region.replaceChildren(), EVERY_MS / 2);
  schedule();
}
