/** Reads the stock of products with the storefront's API key. */

import { NotFound } from "./errors.js";
import { Http } from "./http.js";
import { readIdentifier } from "./identifiers.js";

/** @import { components } from "../types/api.d.ts" */
/** @typedef {components["schemas"]["Stock"]} Stock */
/** @typedef {components["schemas"]["StockList"]} StockList */
/** @typedef {components["schemas"]["LiveStock"]} LiveStockAccess */

const IDS_MAX = 100;
const QUERY_LENGTH_MAX = 8_000;
const ETAGS_MAX = 50;

export class StorefrontClient {
  #url;
  #apiKey;
  #http;
  /** The last answers by their query, for If-None-Match. @type {Map<string, { etag: string, list: StockList }>} */
  #answers = new Map();

  /**
   * @param {object} options
   * @param {string} options.apiUrl the API's URL with its stage, for example https://….amazonaws.com/v1
   * @param {string} options.apiKey the storefront's API key
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {number} [options.attempts] how often a call is sent before it fails
   * @param {number} [options.timeoutMs] how long one attempt may take
   */
  constructor({ apiUrl, apiKey, ...options }) {
    this.#url = apiUrl.replace(/\/+$/, "");
    this.#apiKey = apiKey;
    this.#http = new Http(options);
  }

  /**
   * The stock of one product.
   * @param {string} productId
   * @returns {Promise<Stock>}
   * @throws {NotFound} there is no such product
   */
  async getStock(productId) {
    const { items } = await this.listStock([productId]);
    if (items[0]) return items[0];
    throw new NotFound(404, { code: "PRODUCT_NOT_FOUND", detail: `there is no product ${productId}` });
  }

  /**
   * The stock of any number of products, and the ids of products that do not exist. Asks for up to 100 in one call; what
   * did not change since the last same call is not sent again (ETag).
   * @param {Iterable<string>} productIds an id that no product can have is not asked for
   * @returns {Promise<StockList>}
   */
  async listStock(productIds) {
    const ids = [...productIds];
    const impossible = ids.filter((id) => readIdentifier(id) === null);
    const queries = queriesOf(ids.filter((id) => !impossible.includes(id)));
    const lists = await Promise.all(queries.map((query) => this.#listStock(query)));
    return {
      items: lists.flatMap((list) => list.items),
      not_found: [...lists.flatMap((list) => list.not_found), ...impossible],
    };
  }

  /**
   * Where changes of stock are pushed, and the key for it.
   * @returns {Promise<LiveStockAccess>}
   */
  async getLiveStock() {
    return (await this.#get("/live-stock")).content;
  }

  /** @param {string} query */
  async #listStock(query) {
    const known = this.#answers.get(query);
    const answer = await this.#get(`/inventory?${query}`, known ? { "if-none-match": known.etag } : {});
    if (known && answer.status === 304) return known.list;
    this.#remember(query, answer.etag, answer.content);
    return /** @type {StockList} */ (answer.content);
  }

  /**
   * @param {string} query
   * @param {string | null} etag
   * @param {StockList} list
   */
  #remember(query, etag, list) {
    this.#answers.delete(query);
    if (etag) this.#answers.set(query, { etag, list });
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > ETAGS_MAX) this.#answers.delete(oldest);
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} [headers]
   */
  #get(path, headers) {
    // The browser's cache would answer with the past, and hide the 304.
    const options = { headers: { "x-api-key": this.#apiKey, ...headers }, cache: /** @type {const} */ ("no-store") };
    return this.#http.send(() => new Request(this.#url + path, options));
  }
}

/**
 * As few queries as the limits of one call allow.
 * @param {Iterable<string>} productIds
 */
function queriesOf(productIds) {
  /** @type {string[][]} */
  const queries = [];
  let length = Infinity;
  for (const productId of productIds) {
    const parameter = `product_id=${encodeURIComponent(productId)}`;
    const last = queries.at(-1);
    if (last && last.length < IDS_MAX && length + parameter.length < QUERY_LENGTH_MAX) {
      last.push(parameter);
      length += parameter.length + 1;
    } else {
      queries.push([parameter]);
      length = parameter.length;
    }
  }
  return queries.map((parameters) => parameters.join("&"));
}
