/**
 * Holds stock for checkouts. For servers: its calls are signed with AWS credentials, which no page may have.
 *
 *     const checkout = new CheckoutClient({ apiUrl, credentials: credentialsFromEnvironment });
 *     const hold = await checkout.createReservation({ lines: [{ product_id: "KIT-0001", quantity: 2 }] }, { key: "order-1001" });
 */

import { Http } from "./http.js";
import { sha256, signedHeaders } from "./sigv4.js";

/** @import { components } from "../types/api.d.ts" */
/** @import { Options } from "./http.js" */
/** @import { Credentials } from "./sigv4.js" */
/** @typedef {components["schemas"]} Schemas */
/** @typedef {Schemas["Reservation"]} Reservation */

const SERVICE = "execute-api";
const HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,80}$/;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

export class CheckoutClient {
  #url;
  #region;
  #credentials;
  #http;

  /**
   * @param {object} options
   * @param {string} options.apiUrl the API's URL with its stage
   * @param {Credentials | (() => Credentials | Promise<Credentials>)} options.credentials called before each attempt, so that they may be renewed
   * @param {string} [options.region] the API's; by default that of its URL, or of the variable AWS_REGION
   * @param {Options["fetch"]} [options.fetch]
   * @param {number} [options.attempts] how often a call is sent before it fails
   * @param {number} [options.timeoutMs] how long one attempt may take
   */
  constructor({ apiUrl, credentials, region, ...options }) {
    this.#url = apiUrl.replace(/\/+$/, "");
    this.#region = region ?? regionOf(this.#url);
    this.#credentials = credentials;
    this.#http = new Http({ attempts: 5, ...options });
  }

  /**
   * Hold all lines, or nothing; with `accept: "PARTIAL"` what there is. The same key never holds stock twice.
   * @param {Schemas["ReservationRequest"]} request
   * @param {{ key: string }} options 1 to 128 printable ASCII characters, which become the reservation's id
   * @returns {Promise<Reservation | Schemas["PendingReservation"]>} PENDING if it was not decided within five seconds
   */
  async createReservation(request, { key }) {
    return this.#call("POST", "/reservations", request, key);
  }

  /**
   * @param {string} reservationId
   * @returns {Promise<Reservation>}
   */
  async getReservation(reservationId) {
    return this.#call("GET", await pathOf(reservationId));
  }

  /**
   * Hold these lines instead of the present ones, all of them, or change nothing. The hold's end does not move.
   * @param {string} reservationId
   * @param {Schemas["LinesRequest"]} request
   * @param {{ key: string }} options identifies this change
   * @returns {Promise<Reservation>}
   */
  async changeReservation(reservationId, request, { key }) {
    return this.#call("PATCH", await pathOf(reservationId), request, key);
  }

  /**
   * Report the outcome of a payment. `PaymentUnfulfilled` means: it bought nothing, refund it.
   * @param {string} reservationId
   * @param {Schemas["PaymentResult"]} result
   * @returns {Promise<Reservation>}
   */
  async recordPayment(reservationId, result) {
    return this.#call("POST", `${await pathOf(reservationId)}/payment`, result);
  }

  /**
   * Restart the hold's time for a shopper who is still paying.
   * @param {string} reservationId
   * @returns {Promise<Reservation>}
   */
  async extendReservation(reservationId) {
    return this.#call("POST", `${await pathOf(reservationId)}/extension`);
  }

  /**
   * Release the units at once.
   * @param {string} reservationId
   * @returns {Promise<Reservation>}
   */
  async cancelReservation(reservationId) {
    return this.#call("DELETE", await pathOf(reservationId));
  }

  /**
   * The reservations of an order, the newest first, up to a second late.
   * @param {string} orderId
   * @param {{ cursor?: string }} [options] that of the page before
   * @returns {Promise<Schemas["OrderReservationList"]>}
   */
  async listReservationsOfOrder(orderId, { cursor } = {}) {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    return this.#call("GET", `/reservations?order_id=${encodeURIComponent(orderId)}${more}`);
  }

  /**
   * Take sold units back. The same key returns them only once.
   * @param {string} reservationId
   * @param {Schemas["ReturnRequest"]} request
   * @param {{ key: string }} options
   * @returns {Promise<Reservation>}
   */
  async returnUnits(reservationId, request, { key }) {
    return this.#call("POST", `${await pathOf(reservationId)}/returns`, request, key);
  }

  /**
   * Let sold units leave their warehouses. Only for a reservation whose dispatches are tracked.
   * @param {string} reservationId
   * @param {Schemas["DispatchRequest"]} request
   * @returns {Promise<Reservation>}
   */
  async dispatchUnits(reservationId, request) {
    return this.#call("POST", `${await pathOf(reservationId)}/dispatches`, request);
  }

  /**
   * Every call is safe to repeat: those that could do something twice have a key or a reference.
   * @param {string} method
   * @param {string} path
   * @param {object} [content]
   * @param {string} [key]
   */
  async #call(method, path, content, key) {
    const body = content === undefined ? undefined : JSON.stringify(content);
    const headers = {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
    };
    const url = this.#url + path;
    const answer = await this.#http.send(async () => {
      const credentials = typeof this.#credentials === "function" ? await this.#credentials() : this.#credentials;
      const unsigned = { method, url, headers, ...(body === undefined ? {} : { body }) };
      const signed = await signedHeaders(unsigned, credentials, { region: this.#region, service: SERVICE });
      return new Request(url, { method, headers: signed, ...(body === undefined ? {} : { body }) });
    });
    return answer.content;
  }
}

/**
 * The credentials in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as in a Lambda function.
 * @returns {Credentials}
 */
export function credentialsFromEnvironment() {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: token,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.");
  return { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) };
}

/** @param {string} url */
function regionOf(url) {
  const region =
    HOST.exec(new URL(url).hostname)?.[1] ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
  if (!region) throw new Error("There is no AWS region to sign requests for. Pass the API's region.");
  return region;
}

/**
 * The path of a reservation: an id that is no plain name is named by its hash, so that nothing must be percent-encoded.
 * @param {string} reservationId
 */
async function pathOf(reservationId) {
  const id = reservationId.replace(/^ +| +$/g, ""); // as HTTP trims the header with the key
  return `/reservations/${PLAIN_NAME.test(id) ? id : `k-${base32(await sha256(id))}`}`;
}

/** @param {Uint8Array} data */
function base32(data) {
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of data) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(value >>> (bits - 5)) & 31];
    value &= 31; // what is left are less than five bits
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}
