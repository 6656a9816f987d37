export * from "./errors.js";
export { LiveStock } from "./live.js";
export { StorefrontClient } from "./storefront.js";
