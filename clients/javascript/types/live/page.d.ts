/** The page of this browser, or none. */
export function thisPage(): PageLife;
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
export const noPage: PageLife;
export type PageLife = {
    isHidden: () => boolean;
    /**
     * calls back until the function that it returns is called
     */
    listen: (on: PageEvents) => () => void;
};
export type PageEvents = {
    hidden: () => void;
    shown: () => void;
    offline: () => void;
    online: () => void;
    /**
     * the page is put aside, perhaps for good
     */
    left: () => void;
};
