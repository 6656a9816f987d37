/** Everything but the web components. `api-client.js` is this for browsers, without the checkout client. */

export * from "./api-client.js";
export { CheckoutClient, credentialsFromEnvironment } from "./checkout.js";
