/** Keeps one connection: asks where to connect, opens it again after a loss, and renews its key before it ends. */

import { backoffMs, jittered } from "../backoff.js";
import { ApiError } from "../errors.js";
import { Alarm } from "./clock.js";
import { Connection } from "./connection.js";

/** @import { LiveStockAccess, StorefrontClient } from "../storefront.js" */
/** @import { Clock } from "./clock.js" */
/** @import { ConnectionEvents } from "./connection.js" */

const REOPEN = { baseMs: 2_000, capMs: 60_000 };
const NOT_OFFERED_MS = 600_000; // the API has no live stock: perhaps it will have
const LASTING_MS = 30_000; // a connection that lived so long was a good one: the next delay is short again
const RENEW_BEFORE_MS = 300_000;
const RENEW_EVERY_MS = 600_000; // if this clock is wrong, each key seems to be at its end

export class KeptConnection {
  #storefront;
  #WebSocket;
  #clock;
  #on;
  #openAlarm;
  /** @type {Connection | null} */
  #connection = null;
  #openedAt = 0;
  #attempts = 0;
  #isWanted = false;
  #isOpening = false;
  /** @type {LiveStockAccess | null} */
  #access = null;
  #renewedAt = -Infinity;

  /**
   * @param {object} environment
   * @param {Pick<StorefrontClient, "getLiveStock">} environment.storefront
   * @param {typeof globalThis.WebSocket | null | undefined} environment.WebSocket
   * @param {Clock} environment.clock
   * @param {Pick<ConnectionEvents, "opened" | "subscribed" | "received"> & { lost: () => void }} on
   */
  constructor({ storefront, WebSocket, clock }, on) {
    this.#storefront = storefront;
    this.#WebSocket = WebSocket;
    this.#clock = clock;
    this.#on = on;
    this.#openAlarm = new Alarm(clock, () => void this.#open());
  }

  /** Want a connection. It is opened now, unless the next attempt is planned already. */
  open() {
    this.#isWanted = true;
    if (!this.#openAlarm.isSet) void this.#open();
  }

  /** Make no attempt for now, and keep the connection if there is one. */
  rest() {
    this.#isWanted = false;
    this.#openAlarm.cancel();
  }

  close() {
    this.rest();
    this.#connection?.close();
    this.#connection = null;
  }

  /** Replace a connection that is probably dead, although nobody said so. @param {number} ms */
  reopen(ms) {
    this.close();
    this.#isWanted = true;
    this.#openAlarm.set(ms);
  }

  /** As `reopen`, when it will probably fail for a while. */
  reopenLater() {
    this.#attempts += 1;
    this.reopen(backoffMs(this.#attempts, { ...REOPEN, random: this.#clock.random }));
  }

  get isThere() {
    return this.#connection !== null;
  }

  /** @param {string} channel */
  subscribe(channel) {
    this.#connection?.subscribe(channel);
  }

  /** @param {string} channel */
  unsubscribe(channel) {
    this.#connection?.unsubscribe(channel);
  }

  /** @param {string | undefined} channel */
  isSubscribed(channel) {
    return this.#connection?.isSubscribed(channel) ?? false;
  }

  /** Ask for a new key if the present one comes to its end, and connect with it. */
  async renewKey() {
    const access = this.#access;
    const now = this.#clock.now();
    if (!access || !this.#connection?.isOpen) return;
    if (Date.parse(access.expires_at) - now > RENEW_BEFORE_MS || now - this.#renewedAt < RENEW_EVERY_MS) return;
    this.#renewedAt = now;
    const renewed = await this.#storefront.getLiveStock().catch(() => null);
    if (!renewed || this.#access !== access) return;
    this.#access = renewed;
    if (renewed.api_key !== access.api_key && this.#isWanted) this.reopen(0); // otherwise only its end moved
  }

  async #open() {
    if (this.#isOpening || this.#connection || !this.#WebSocket) return;
    this.#isOpening = true;
    const access = await this.#readAccess();
    this.#isOpening = false;
    if (!access || !this.#isWanted) return;
    this.#access = access;
    this.#connection = new Connection(
      access,
      { WebSocket: this.#WebSocket, clock: this.#clock },
      { ...this.#on, opened: () => this.#opened(), closed: (wasKeyRefused) => this.#closed(wasKeyRefused) },
    );
  }

  /** Where to connect, asked again after a refusal; null if that failed, and then it is tried later. */
  async #readAccess() {
    try {
      const access = this.#access ?? (await this.#storefront.getLiveStock());
      if (access.realtime_url) return access;
    } catch (error) {
      if (!(error instanceof ApiError) || error.isTemporary) {
        if (this.#isWanted) this.reopenLater();
        return null;
      }
    }
    if (this.#isWanted) this.reopen(jittered(NOT_OFFERED_MS, this.#clock.random));
    return null;
  }

  #opened() {
    this.#openedAt = this.#clock.now();
    this.#on.opened();
  }

  /** @param {boolean} wasKeyRefused */
  #closed(wasKeyRefused) {
    this.#connection = null;
    if (wasKeyRefused) this.#access = null;
    else if (this.#clock.now() - this.#openedAt > LASTING_MS) this.#attempts = 0;
    if (this.#isWanted) this.reopenLater();
    this.#on.lost();
  }
}
