/** AppSync Events behind a fake WebSocket. */

export class FakeEventApi {
  /** @type {FakeSocket[]} every socket that was ever opened */
  sockets = [];
  isDown = false;
  /** The server takes the connection and is silent. */
  isSilent = false;
  /** The server accepts the connection and closes it at once. */
  hangsUpAtOnce = false;
  key = "key-1";
  keepAliveMs = 300_000;
  /** How often a subscription was refused for a wrong key. */
  refused = 0;

  /** The class that the client is given. */
  get WebSocket() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const api = this;
    return /** @type {any} */ (
      class extends FakeSocket {
        /** @param {string} url @param {string[]} protocols */
        constructor(url, protocols) {
          super(api, url, protocols);
          api.sockets.push(this);
        }
      }
    );
  }

  get open() {
    return this.sockets.filter((socket) => socket.readyState === 1);
  }

  get last() {
    return /** @type {FakeSocket} */ (this.sockets.at(-1));
  }

  /** @param {string} channel */
  subscribersOf(channel) {
    return this.open.filter((socket) => [...socket.channels.values()].includes(channel)).length;
  }

  /** @param {{ channel: string }} stock */
  publish(stock) {
    for (const socket of this.open) {
      for (const [id, channel] of socket.channels) {
        if (channel === stock.channel) socket.say({ type: "data", id, event: JSON.stringify(stock) });
      }
    }
  }

  /** Close every connection from the server's side. */
  hangUp() {
    for (const socket of this.open) socket.drop();
  }
}

export class FakeSocket {
  /** @type {0 | 1 | 3} */
  readyState = 0;
  /** @type {Map<string, string>} */
  channels = new Map();
  /** @type {any[]} */
  received = [];
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {(() => void) | null} */
  onclose = null;
  /** @type {(() => void) | null} */
  onerror = null;
  /** @type {((event: { data: string }) => void) | null} */
  onmessage = null;

  /**
   * @param {FakeEventApi} api
   * @param {string} url
   * @param {string[]} protocols
   */
  constructor(api, url, protocols) {
    this.api = api;
    this.url = url;
    this.protocols = protocols;
    setImmediate(() => this.#open());
  }

  get credentials() {
    return JSON.parse(Buffer.from((this.protocols[1] ?? "").replace("header-", ""), "base64url").toString());
  }

  /** @param {string} text */
  send(text) {
    if (this.readyState === 0) throw new Error("InvalidStateError");
    if (this.readyState === 3) return;
    const message = JSON.parse(text);
    this.received.push(message);
    if (!this.api.isSilent) setImmediate(() => this.#answer(message));
  }

  close() {
    this.readyState = 3;
  }

  drop() {
    this.readyState = 3;
    this.onclose?.();
  }

  /** @param {object} message */
  say(message) {
    if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(message) });
  }

  #open() {
    if (this.readyState === 3) return;
    if (this.api.isDown) return this.drop();
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {any} message */
  #answer({ type, id, channel, authorization }) {
    if (type === "connection_init") {
      const isWelcome = this.credentials["x-api-key"] === this.api.key;
      if (isWelcome) {
        this.say({ type: "connection_ack", connectionTimeoutMs: this.api.keepAliveMs });
        if (this.api.hangsUpAtOnce) this.drop();
        return;
      }
      this.say({ type: "connection_error", errors: [{ errorType: "UnauthorizedException" }] });
      return this.drop();
    }
    if (type === "unsubscribe") return this.channels.delete(id);
    if (authorization["x-api-key"] !== this.api.key) {
      this.api.refused += 1;
      return this.say({ type: "subscribe_error", id, errors: [{ errorType: "UnauthorizedException" }] });
    }
    this.channels.set(id, channel);
    return this.say({ type: "subscribe_success", id });
  }
}
