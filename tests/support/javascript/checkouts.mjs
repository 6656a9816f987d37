// Reads the settings of an API from stdin, runs every call of the JavaScript client, and writes what each answered.
import { text } from "node:stream/consumers";

import { CheckoutClient, StorefrontClient } from "../../../clients/javascript/src/index.js";

const { apiUrl, apiKey, region, accessKeyId, secretAccessKey, productId } = JSON.parse(await text(process.stdin));
const statuses = [];
const fetchAndRemember = async (...request) => {
  const response = await fetch(...request);
  statuses.push(response.status);
  return response;
};
const storefront = new StorefrontClient({ apiUrl, apiKey, fetch: fetchAndRemember });
const checkout = new CheckoutClient({ apiUrl, region, credentials: { accessKeyId, secretAccessKey } });
const cart = (quantity) => ({ lines: [{ product_id: productId, quantity }] });
const refusal = (call) => call.then(() => "none", ({ code }) => code);

const before = await storefront.getStock(productId);
const unchanged = await storefront.getStock(productId);
const held = await checkout.createReservation({ ...cart(2), order_id: "order #7" }, { key: "order #7" });
const after = await storefront.getStock(productId);
const changed = await checkout.changeReservation("order #7", cart(1), { key: "change 7" });
const extended = await checkout.extendReservation("order #7");
const paid = await checkout.recordPayment("order #7", { outcome: "SUCCEEDED", payment_reference: "pay-7" });
const cancelTooLate = await refusal(checkout.cancelReservation("order #7"));
const conflict = await refusal(checkout.createReservation(cart(9), { key: "order #7" }));
await checkout.createReservation(cart(1), { key: "order-8" });
const cancelled = await checkout.cancelReservation("order-8");
const unknown = await refusal(checkout.getReservation("no such"));
const listed = await checkout.listReservationsOfOrder("order #7");
const live = await storefront.getLiveStock();

process.stdout.write(
  JSON.stringify({
    statuses,
    taken: before.available - after.available,
    isSame: before.sequence === unchanged.sequence,
    held: held.status,
    changed: changed.lines[0].quantity,
    isExtended: extended.held_until >= held.held_until,
    paid: paid.status,
    cancelled: cancelled.status,
    refusals: [cancelTooLate, conflict, unknown],
    listed: listed.items.map(({ reservation_id }) => reservation_id),
    live: Object.keys(live).sort(),
  }),
);
