/** The storefront's API behind a fake `fetch`. */

import { FakeEventApi } from "./fake-web-socket.js";

export class FakeApi {
  /** @type {Map<string, { product_id: string, available: number, status: string, sequence: number, channel: string, name: string }>} */
  products = new Map();
  events = new FakeEventApi();
  /** @type {{ path: string, search: URLSearchParams, status: number }[]} */
  calls = [];
  isDown = false;
  /** What the next lookups answer instead. @type {Response[]} */
  instead = [];
  expiresAt = "2027-01-01T00:00:00Z";

  /** @type {any} */
  fetch = async (/** @type {Request} */ request) => {
    const url = new URL(request.url);
    if (this.isDown) {
      this.calls.push({ path: url.pathname, search: url.searchParams, status: 0 });
      throw new TypeError("fetch failed");
    }
    const response = this.instead.shift() ?? this.#answer(url, request.headers);
    this.calls.push({ path: url.pathname, search: url.searchParams, status: response.status });
    return response;
  };

  /**
   * @param {string} productId
   * @param {number} available
   */
  has(productId, available) {
    const sequence = (this.products.get(productId)?.sequence ?? 0) + 1;
    const status = available === 0 ? "OUT_OF_STOCK" : available <= 5 ? "LOW_STOCK" : "IN_STOCK";
    const stock = {
      product_id: productId,
      name: "Tea Kettle",
      available,
      status,
      sequence,
      channel: `/stock/${productId}`,
    };
    this.products.set(productId, stock);
    return stock;
  }

  /**
   * As `has`, and pushed.
   * @param {string} productId
   * @param {number} available
   */
  sells(productId, available) {
    const stock = this.has(productId, available);
    this.events.publish(stock);
    return stock;
  }

  get lookups() {
    return this.calls.filter(({ path }) => path === "/v1/inventory");
  }

  get accesses() {
    return this.calls.filter(({ path }) => path === "/v1/live-stock");
  }

  /**
   * @param {URL} url
   * @param {Headers} headers
   */
  #answer(url, headers) {
    if (headers.get("x-api-key") !== "storefront-key") return problem(401, "UNAUTHORIZED");
    if (url.pathname === "/v1/live-stock") return Response.json(this.#access());
    const ids = url.searchParams.getAll("product_id");
    const items = ids.flatMap((id) => this.products.get(id) ?? []);
    const content = { items, not_found: ids.filter((id) => !this.products.has(id)) };
    const etag = `W/"${ids.map((id) => this.products.get(id)?.sequence ?? "-").join("/")}"`;
    if (headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { etag } });
    return Response.json(content, { headers: { etag } });
  }

  #access() {
    const { key } = this.events;
    return {
      realtime_url: "wss://realtime/event/realtime",
      http_host: "http-host",
      api_key: key,
      expires_at: this.expiresAt,
    };
  }
}

/**
 * @param {number} status
 * @param {string} code
 * @param {HeadersInit} [headers]
 */
export function problem(status, code, headers = {}) {
  return Response.json({ status, title: "", detail: "a problem of the test", code }, { status, headers });
}
