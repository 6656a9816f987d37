/**
 * One WebSocket of AppSync Events, with a subscription for each channel.
 * https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
 */

import { Alarm } from "./clock.js";

/** @import { LiveStockAccess } from "../storefront.js" */
/** @import { Clock } from "./clock.js" */

const ACKNOWLEDGED_WITHIN_MS = 10_000;
const KEEP_ALIVE_MS = 300_000; // unless the server names another time
const CHANNELS_MAX = 100; // of AppSync for each connection

/**
 * @typedef {object} ConnectionEvents
 * @property {() => void} opened
 * @property {(channel: string) => void} subscribed
 * @property {(channel: string, content: unknown) => void} received
 * @property {(wasKeyRefused: boolean) => void} closed at most once, and never after `close()`
 */

export class Connection {
  #access;
  #on;
  /** @type {WebSocket | null} */
  #socket = null;
  /** By the id of the subscription, which counts up. @type {Map<string, string>} */
  #channels = new Map();
  /** @type {Set<string>} */
  #subscribed = new Set();
  #lastId = 0;
  #keepAliveMs = KEEP_ALIVE_MS;
  #silence;
  isOpen = false;

  /**
   * @param {LiveStockAccess} access
   * @param {object} environment
   * @param {typeof globalThis.WebSocket} environment.WebSocket
   * @param {Clock} environment.clock
   * @param {ConnectionEvents} on
   */
  constructor(access, { WebSocket, clock }, on) {
    this.#access = access;
    this.#on = on;
    this.#silence = new Alarm(clock, () => this.#fail(false));
    this.#silence.set(ACKNOWLEDGED_WITHIN_MS);
    this.#connect(WebSocket);
  }

  /**
   * Subscribe to a channel, once the connection is open. A channel beyond the limit of one connection is left out.
   * @param {string} channel
   */
  subscribe(channel) {
    if (!this.isOpen || this.#channels.size >= CHANNELS_MAX || this.#idOf(channel)) return;
    const id = String((this.#lastId += 1));
    this.#channels.set(id, channel);
    this.#send({ type: "subscribe", id, channel, authorization: this.#authorization() });
  }

  /** @param {string} channel */
  unsubscribe(channel) {
    const id = this.#idOf(channel);
    if (!id) return;
    this.#channels.delete(id);
    this.#subscribed.delete(channel);
    this.#send({ type: "unsubscribe", id });
  }

  /** @param {string | undefined} channel */
  isSubscribed(channel) {
    return channel !== undefined && this.#subscribed.has(channel);
  }

  close() {
    this.isOpen = false;
    this.#silence.cancel();
    this.#subscribed.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  /** @param {typeof globalThis.WebSocket} WebSocket */
  #connect(WebSocket) {
    try {
      const credentials = `header-${base64url(JSON.stringify(this.#authorization()))}`;
      this.#socket = new WebSocket(this.#access.realtime_url, ["aws-appsync-event-ws", credentials]);
    } catch {
      this.#silence.set(0); // a policy forbids it, or the URL is none: as if it had been closed
      return;
    }
    this.#socket.onopen = () => this.#send({ type: "connection_init" });
    this.#socket.onclose = () => this.#fail(!this.isOpen); // a browser hides why a connection was refused
    this.#socket.onmessage = ({ data }) => {
      const message = parsed(data);
      if (message) this.#receive(message);
    };
  }

  #authorization() {
    return { host: this.#access.http_host, "x-api-key": this.#access.api_key };
  }

  /** @param {any} message */
  #receive(message) {
    if (this.isOpen) this.#silence.set(this.#keepAliveMs);
    const channel = this.#channels.get(message.id);
    switch (message.type) {
      case "connection_ack":
        this.isOpen = true;
        this.#keepAliveMs = message.connectionTimeoutMs > 0 ? message.connectionTimeoutMs : KEEP_ALIVE_MS;
        this.#silence.set(this.#keepAliveMs);
        return this.#on.opened();
      case "connection_error":
        return this.#fail(true);
      case "subscribe_success":
        if (channel === undefined) return;
        this.#subscribed.add(channel);
        return this.#on.subscribed(channel);
      case "subscribe_error":
        if (isKeyRefused(message)) return this.#fail(true);
        return; // this product is polled
      case "data":
        if (channel === undefined) return;
        for (const event of [message.event].flat()) this.#on.received(channel, parsed(event));
    }
  }

  /** @param {boolean} wasKeyRefused */
  #fail(wasKeyRefused) {
    this.close();
    this.#on.closed(wasKeyRefused);
  }

  /** @param {string} channel */
  #idOf(channel) {
    for (const [id, subscribed] of this.#channels) if (subscribed === channel) return id;
    return undefined;
  }

  /** @param {object} message */
  #send(message) {
    // A socket that is closing drops the message: it is replaced, and everything subscribed again.
    this.#socket?.send(JSON.stringify(message));
  }
}

/** @param {any} message */
function isKeyRefused(message) {
  return [message.errors].flat().some((error) => /unauthorized/i.test(error?.errorType ?? ""));
}

/** @param {unknown} text */
function parsed(text) {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}

/** @param {string} text */
function base64url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
