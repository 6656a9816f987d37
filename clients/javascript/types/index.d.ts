export * from "./api-client.js";
export { CheckoutClient, credentialsFromEnvironment } from "./checkout.js";
