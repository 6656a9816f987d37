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
  /** @type {Set<Listener>} */
  listeners = new Set();
  /** @type {Stock | null} */
  stock = null;
  /** @type {Reading["problem"]} */
  problem = null;
  confirmedAt = -Infinity;

  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }

  get channel() {
    return this.stock?.channel;
  }

  /** Whether something was found out, which may be that it cannot be read. */
  get isRead() {
    return this.stock !== null || this.problem !== null;
  }

  /** Whether asking again is useful: an id that was never known stays unknown. */
  get isWorthReading() {
    return this.stock !== null || this.problem !== "UNKNOWN_PRODUCT";
  }

  /** @returns {Reading} */
  get reading() {
    return { productId: this.id, stock: this.stock, problem: this.problem };
  }

  /**
   * A lookup's answer. It may be newer than its sequence, never older.
   * @param {Stock} stock
   * @param {number} now
   */
  acceptLookup(stock, now) {
    this.confirmedAt = now;
    this.#accept(sequenceOf(stock) < sequenceOf(this.stock) ? this.stock : stock);
  }

  /**
   * A push, which may be late or doubled: an equal sequence has nothing new.
   * @param {Stock} stock
   * @param {number} now
   */
  acceptPush(stock, now) {
    if (stock?.product_id !== this.id || !Number.isInteger(stock.sequence)) return;
    this.confirmedAt = now;
    if (sequenceOf(stock) > sequenceOf(this.stock)) this.#accept(stock);
  }

  /** @param {NonNullable<Reading["problem"]>} problem */
  fail(problem) {
    if (this.problem === problem) return;
    this.problem = problem;
    this.#notify();
  }

  /** @param {Stock | null} stock */
  #accept(stock) {
    const isSame = this.problem === null && JSON.stringify(stock) === JSON.stringify(this.stock);
    this.stock = stock;
    this.problem = null;
    if (!isSame) this.#notify();
  }

  #notify() {
    for (const listener of [...this.listeners]) {
      try {
        listener(this.reading);
      } catch (error) {
        reportError(error); // of the page's own code; the other listeners are called nevertheless
      }
    }
  }
}

/** @param {Stock | null} stock */
function sequenceOf(stock) {
  return stock ? (stock.sequence ?? 0) : -1;
}

/** @param {unknown} error */
function reportError(error) {
  if (typeof globalThis.reportError === "function") globalThis.reportError(error);
  else console.error(error);
}
