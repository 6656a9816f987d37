/** One product that a page watches, and what is known of its stock. */
/** @import { Stock } from "../storefront.js" */
/**
 * What a listener is called with.
 *
 * `stock` is what was read last, also if `problem` says that it could not be confirmed lately: UNREADABLE (the API did not
 * answer), UNKNOWN_PRODUCT (no such product), ACCESS_DENIED (the key or the URL is wrong; it is not tried again).
 * @typedef {object} Reading
 * @property {string} productId
 * @property {Stock | null} stock
 * @property {null | "UNREADABLE" | "UNKNOWN_PRODUCT" | "ACCESS_DENIED"} problem
 */
/** @typedef {(reading: Reading) => void} Listener */
export class Product {
    /** @param {string} id */
    constructor(id: string);
    /** @type {Set<Listener>} */
    listeners: Set<Listener>;
    /** @type {Stock | null} */
    stock: Stock | null;
    /** @type {Reading["problem"]} */
    problem: Reading["problem"];
    confirmedAt: number;
    id: string;
    get channel(): string | undefined;
    /** Whether something was found out, which may be that it cannot be read. */
    get isRead(): boolean;
    /** Whether asking again is useful: an id that was never known stays unknown. */
    get isWorthReading(): boolean;
    /** @returns {Reading} */
    get reading(): Reading;
    /**
     * A lookup's answer. It may be newer than its sequence, never older.
     * @param {Stock} stock
     * @param {number} now
     */
    acceptLookup(stock: Stock, now: number): void;
    /**
     * A push, which may be late or doubled: an equal sequence has nothing new.
     * @param {Stock} stock
     * @param {number} now
     */
    acceptPush(stock: Stock, now: number): void;
    /** @param {NonNullable<Reading["problem"]>} problem */
    fail(problem: NonNullable<Reading["problem"]>): void;
    #private;
}
/**
 * What a listener is called with.
 *
 * `stock` is what was read last, also if `problem` says that it could not be confirmed lately: UNREADABLE (the API did not
 * answer), UNKNOWN_PRODUCT (no such product), ACCESS_DENIED (the key or the URL is wrong; it is not tried again).
 */
export type Reading = {
    productId: string;
    stock: Stock | null;
    problem: null | "UNREADABLE" | "UNKNOWN_PRODUCT" | "ACCESS_DENIED";
};
export type Listener = (reading: Reading) => void;
import type { Stock } from "../storefront.js";
