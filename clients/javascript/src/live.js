/**
 * Watches the stock of a page's products: one lookup for all, one WebSocket for all, and polling while there is none.
 *
 *     const live = new LiveStock({ apiUrl, apiKey });
 *     const stop = live.watch("KIT-0001", ({ stock, problem }) => show(stock, problem));
 */

import { backoffMs, jittered } from "./backoff.js";
import { ApiError } from "./errors.js";
import { readIdentifier } from "./identifiers.js";
import { Alarm, systemClock } from "./live/clock.js";
import { KeptConnection } from "./live/kept-connection.js";
import { thisPage } from "./live/page.js";
import { Product } from "./live/product.js";
import { StorefrontClient } from "./storefront.js";

/** @import { Clock } from "./live/clock.js" */
/** @import { PageLife } from "./live/page.js" */
/** @import { Listener } from "./live/product.js" */
/** @import { StockList } from "./storefront.js" */

const GATHER_MS = 10; // the elements of a page are added one after the other
const CONFIRM_MS = 100; // gathers the subscriptions of one connection
const REREAD = { baseMs: 2_000, capMs: 300_000 };
const HIDDEN_MS = 10_000; // a short look at another page keeps the connection
const LISTENERLESS_MS = 1_000; // a page that is drawn anew removes elements and adds them again
const TICK_MS = 10_000;
const ONLINE_MS = 300;

/** @typedef {"idle" | "live" | "polling" | "paused" | "stopped"} ConnectionState */

export class LiveStock {
  #storefront;
  #connection;
  #clock;
  #page;
  #options;
  /** @type {Map<string, Product>} */
  #products = new Map();
  /** What the next lookup asks for. @type {Set<Product>} */
  #due = new Set();
  #failedReads = 0;
  #isReading = false;
  #isPaused = false;
  #pausedAt = 0;
  #isStopped = false;
  /** @type {ConnectionState} */
  #state = "idle";
  #lastTick = 0;
  /** @type {() => void} */
  #stopListening = () => {};

  /**
   * @param {object} options
   * @param {string} options.apiUrl the API's URL with its stage
   * @param {string} options.apiKey the storefront's API key
   * @param {number} [options.pollSeconds] how often products are read while there is no connection
   * @param {number} [options.refreshSeconds] how often they are read while there is one: a push may be lost
   * @param {number} [options.staleSeconds] how long a stock counts that cannot be confirmed
   * @param {(state: ConnectionState) => void} [options.onConnection]
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {typeof globalThis.WebSocket} [options.WebSocket]
   * @param {Clock} [options.clock]
   * @param {PageLife} [options.page]
   */
  constructor({
    apiUrl,
    apiKey,
    fetch,
    WebSocket = globalThis.WebSocket,
    clock = systemClock,
    page = thisPage(),
    ...rest
  }) {
    this.#storefront = new StorefrontClient({ apiUrl, apiKey, ...(fetch ? { fetch } : {}), attempts: 1 });
    this.#connection = new KeptConnection(
      { storefront: this.#storefront, WebSocket, clock },
      {
        opened: () => this.#subscribe(),
        subscribed: (channel) => this.#subscribed(channel),
        received: (channel, content) => this.#received(channel, content),
        lost: () => this.#schedulePoll(),
      },
    );
    this.#clock = clock;
    this.#page = page;
    this.#options = { pollSeconds: 15, refreshSeconds: 300, staleSeconds: 60, onConnection: () => {}, ...rest };
    this.#readAlarm = new Alarm(clock, () => void this.#read());
    this.#pollAlarm = new Alarm(clock, () => this.#readSoon(0));
    this.#hideAlarm = new Alarm(clock, () => this.#disconnect());
    this.#tickAlarm = new Alarm(clock, () => this.#tick());
    this.#sweepAlarm = new Alarm(clock, () => this.#sweep());
  }

  #readAlarm;
  #pollAlarm;
  #hideAlarm;
  #tickAlarm;
  #sweepAlarm;

  /** How changes are seen at the moment. */
  get connection() {
    return this.#state;
  }

  /**
   * Call back with the stock of a product, and again whenever it changes.
   * @param {string} productId
   * @param {Listener} listener
   * @returns {() => void} stops it
   */
  watch(productId, listener) {
    const product = this.#productOf(productId);
    product.listeners.add(listener);
    if (product.isRead) listener(product.reading);
    return () => {
      product.listeners.delete(listener);
      this.#sweepAlarm.setEarlier(LISTENERLESS_MS);
    };
  }

  /** Read all products now. */
  refresh() {
    this.#readSoon(0);
  }

  /** Stop for good. */
  close() {
    this.#isStopped = true;
    this.#rest();
    this.#products.clear();
  }

  // --- the products

  /** @param {string} productId */
  #productOf(productId) {
    const id = readIdentifier(productId);
    const known = this.#products.get(id ?? productId);
    if (known) return known;
    const product = new Product(id ?? productId);
    if (id === null) product.problem = "UNKNOWN_PRODUCT";
    else if (this.#isStopped) product.problem = "ACCESS_DENIED";
    else this.#add(product);
    return product;
  }

  /** @param {Product} product */
  #add(product) {
    this.#products.set(product.id, product);
    if (this.#products.size === 1) this.#wake();
    this.#readSoon(GATHER_MS, [product]);
  }

  /** The first product is there. */
  #wake() {
    this.#stopListening();
    this.#stopListening = this.#page.listen({
      hidden: () => this.#pause(),
      shown: () => this.#resume(),
      offline: () => this.#lose(),
      online: () => this.#recover(),
      left: () => this.#disconnect(),
    });
    this.#isPaused = this.#page.isHidden();
    this.#lastTick = this.#clock.now();
    this.#tickAlarm.set(TICK_MS);
    this.#updateState();
  }

  /** Forget products without listeners. */
  #sweep() {
    for (const product of this.#products.values()) {
      if (product.listeners.size > 0) continue;
      this.#products.delete(product.id);
      this.#due.delete(product);
      if (product.channel) this.#connection.unsubscribe(product.channel);
    }
    if (this.#products.size === 0) this.#rest();
  }

  #rest() {
    this.#stopListening();
    this.#stopListening = () => {};
    this.#due.clear();
    this.#disconnect();
    for (const alarm of [this.#readAlarm, this.#pollAlarm, this.#hideAlarm, this.#tickAlarm]) alarm.cancel();
    this.#updateState();
  }

  // --- lookups

  /**
   * @param {number} ms
   * @param {Iterable<Product>} [products] by default all that are worth it
   */
  #readSoon(ms, products = this.#products.values()) {
    for (const product of products) if (product.isWorthReading) this.#due.add(product);
    if (!this.#isPaused && !this.#isReading && this.#due.size > 0) this.#readAlarm.setEarlier(ms);
  }

  async #read() {
    if (this.#isReading || this.#isPaused || this.#isStopped) return;
    // In the order of the page: the same question has the same ETag.
    const products = [...this.#products.values()].filter((product) => this.#due.has(product));
    this.#due.clear();
    if (products.length === 0) return;
    this.#isReading = true;
    this.#pollAlarm.cancel();
    try {
      this.#accept(products, await this.#storefront.listStock(products.map((product) => product.id)));
      this.#failedReads = 0;
    } catch (error) {
      this.#failReads(products, error);
    }
    this.#isReading = false;
    this.#readSoon(0, this.#due);
    this.#schedulePoll();
  }

  /**
   * @param {Product[]} products
   * @param {StockList} list
   */
  #accept(products, list) {
    const found = new Map(list.items.map((stock) => [stock.product_id, stock]));
    for (const product of products) {
      const stock = found.get(product.id);
      if (stock) product.acceptLookup(stock, this.#clock.now());
      else product.fail("UNKNOWN_PRODUCT");
    }
    this.#subscribe();
  }

  /**
   * @param {Product[]} products
   * @param {unknown} error
   */
  #failReads(products, error) {
    if (error instanceof ApiError && !error.isTemporary) return this.#stop(error);
    this.#failedReads += 1;
    const retryAfterMs = error instanceof ApiError ? error.retryAfterSeconds * 1_000 : 0;
    const { random } = this.#clock;
    this.#pollAlarm.set(
      Math.max(retryAfterMs, jittered(backoffMs(this.#failedReads, { ...REREAD, random: () => 1 }), random)),
    );
    const staleSince = this.#clock.now() - this.#options.staleSeconds * 1_000;
    for (const product of products) {
      const isConfirmed = product.confirmedAt >= staleSince || this.#connection.isSubscribed(product.channel);
      if (!isConfirmed) product.fail("UNREADABLE");
    }
  }

  /** The API will never take these calls: do not make them again. @param {ApiError} error */
  #stop(error) {
    console.warn(`Live stock is off: ${error.message}`);
    this.#isStopped = true;
    const products = [...this.#products.values()];
    this.#rest();
    for (const product of products) product.fail("ACCESS_DENIED");
  }

  #schedulePoll() {
    this.#updateState();
    if (this.#isPaused || this.#isStopped || this.#failedReads > 0) return;
    const worth = [...this.#products.values()].filter((product) => product.isWorthReading);
    if (worth.length === 0) return this.#pollAlarm.cancel();
    const isPushed = worth.every((product) => this.#connection.isSubscribed(product.channel));
    const seconds = isPushed ? this.#options.refreshSeconds : this.#options.pollSeconds;
    // Not later than planned: connections that fail again and again must not put it off.
    this.#pollAlarm.setEarlier(jittered(seconds * 1_000, this.#clock.random));
  }

  // --- the connection

  /** Subscribe to what has a channel, over a connection that is opened if need be. */
  #subscribe() {
    const channels = this.#channels();
    if (channels.length === 0 || this.#isPaused || this.#isStopped) return;
    this.#connection.open();
    for (const channel of channels) this.#connection.subscribe(channel);
  }

  /** A change between the lookup and the subscription was not pushed to this page. @param {string} channel */
  #subscribed(channel) {
    this.#readSoon(CONFIRM_MS, this.#ofChannel(channel));
  }

  /**
   * @param {string} channel
   * @param {unknown} content
   */
  #received(channel, content) {
    for (const product of this.#ofChannel(channel)) product.acceptPush(/** @type {any} */ (content), this.#clock.now());
  }

  #disconnect() {
    this.#connection.close();
    this.#updateState();
  }

  #channels() {
    return [...this.#products.values()].flatMap((product) => product.channel ?? []);
  }

  /** @param {string} channel */
  #ofChannel(channel) {
    return [...this.#products.values()].filter((product) => product.channel === channel);
  }

  // --- the page

  #pause() {
    this.#isPaused = true;
    this.#pausedAt = this.#clock.now();
    for (const alarm of [this.#readAlarm, this.#pollAlarm]) alarm.cancel();
    this.#connection.rest();
    this.#hideAlarm.set(HIDDEN_MS);
    this.#updateState();
  }

  #resume() {
    this.#isPaused = false;
    this.#hideAlarm.cancel();
    if (this.#clock.now() - this.#pausedAt > HIDDEN_MS) this.#disconnect(); // the machine may have slept, its alarms too
    this.#failedReads = 0;
    this.#lastTick = this.#clock.now();
    this.#tickAlarm.set(TICK_MS);
    this.#readSoon(0);
    this.#subscribe();
    this.#updateState();
  }

  /** The network is gone: its connections are, too, although nobody says so. */
  #lose() {
    if (!this.#connection.isThere) return;
    this.#connection.reopenLater();
    this.#schedulePoll();
  }

  /** The network is back, or the page slept. */
  #recover() {
    this.#isPaused = this.#page.isHidden();
    this.#disconnect();
    if (this.#isPaused) return;
    this.#failedReads = 0;
    this.#lastTick = this.#clock.now();
    this.#readSoon(this.#clock.random() * ONLINE_MS);
    if (this.#channels().length > 0) this.#connection.reopen(this.#clock.random() * ONLINE_MS);
  }

  /** Notice that the machine slept, and that the key comes to its end. */
  #tick() {
    const now = this.#clock.now();
    const hasSlept = now - this.#lastTick > 3 * TICK_MS;
    this.#lastTick = now;
    this.#tickAlarm.set(TICK_MS);
    if (this.#isPaused) return;
    if (hasSlept) this.#recover();
    else void this.#connection.renewKey();
  }

  #updateState() {
    const state = this.#currentState();
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onConnection(state);
  }

  /** @returns {ConnectionState} */
  #currentState() {
    if (this.#isStopped) return "stopped";
    if (this.#products.size === 0) return "idle";
    if (this.#isPaused) return "paused";
    const channels = this.#channels();
    const isLive = channels.length > 0 && channels.every((channel) => this.#connection.isSubscribed(channel));
    return isLive ? "live" : "polling";
  }
}
