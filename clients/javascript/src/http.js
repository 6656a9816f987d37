/** Sends one request, or several until one succeeds, and turns a refusal into an error. */

import { backoffMs } from "./backoff.js";
import { Unavailable, errorOf } from "./errors.js";

const RETRY_AFTER_SECONDS_MAX = 300;

/**
 * @typedef {object} Options
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [attempts] how often a call is sent before it fails
 * @property {number} [timeoutMs] how long one attempt may take
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string | null} etag
 * @property {any} content
 */

export class Http {
  #fetch;
  #attempts;
  #timeoutMs;

  /** @param {Options} options */
  constructor({ fetch = globalThis.fetch.bind(globalThis), attempts = 4, timeoutMs = 15_000 }) {
    this.#fetch = fetch;
    this.#attempts = attempts;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Send a request, with retries. The answer is that of success, or 304.
   * @param {() => Promise<Request> | Request} request makes it again for each attempt: a signature contains the time
   * @returns {Promise<Answer>}
   */
  async send(request) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(await request());
      } catch (error) {
        if (!(error instanceof Unavailable) || attempt >= this.#attempts) throw error;
        await sleep(Math.max(backoffMs(attempt, { baseMs: 200, capMs: 3_000 }), error.retryAfterSeconds * 1_000));
      }
    }
  }

  /**
   * @param {Request} request
   * @returns {Promise<Answer>}
   */
  async #sendOnce(request) {
    let response;
    let text;
    try {
      response = await this.#fetch(request, { signal: AbortSignal.timeout(this.#timeoutMs) });
      text = await response.text();
    } catch (error) {
      throw noResponse(String(error));
    }
    const content = parsed(text);
    if (!response.ok && response.status !== 304) {
      throw errorOf(response.status, content ?? { detail: "the answer is not JSON" }, retryAfterSeconds(response));
    }
    if (response.ok && content === null) throw noResponse("the answer is not JSON");
    return { status: response.status, etag: response.headers.get("etag"), content };
  }
}

/** @param {string} detail */
function noResponse(detail) {
  return new Unavailable(0, { code: /** @type {any} */ ("NO_RESPONSE"), detail });
}

/**
 * @param {string} text
 * @returns {any} an object, or null
 */
function parsed(text) {
  try {
    const content = JSON.parse(text);
    return typeof content === "object" ? content : null;
  } catch {
    return null;
  }
}

/** @param {Response} response */
function retryAfterSeconds(response) {
  const seconds = Number(response.headers.get("retry-after"));
  return seconds > 0 ? Math.min(seconds, RETRY_AFTER_SECONDS_MAX) : 0;
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
