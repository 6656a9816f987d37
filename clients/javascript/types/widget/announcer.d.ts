/**
 * Announce a text in a polite live region, in the place of one that still waits there.
 * @param {Element} region
 * @param {string} text
 * @param {() => void} [announced] called when it is
 */
export function announce(region: Element, text: string, announced?: () => void): void;
/** What was to be announced is not true any more. @param {Element} region */
export function unannounce(region: Element): void;
