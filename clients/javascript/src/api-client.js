/** What a page may use: the stock of products, once and live. The checkout client is for servers only. */

export * from "./errors.js";
export { LiveStock } from "./live.js";
export { StorefrontClient } from "./storefront.js";
