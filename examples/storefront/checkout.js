// Calls the shop's own checkout service. The page never calls the inventory's checkout: that needs credentials of AWS.

/** A call that was refused; `code` says why. */
export class Refused extends Error {}

/** @param {string} orderId */
export const holdUrl = (orderId) => `checkout/orders/${orderId}`;

export const hold = (orderId, productId) => call("PUT", holdUrl(orderId), { product_id: productId, quantity: 1 });
export const read = (orderId) => call("GET", holdUrl(orderId));
export const pay = (orderId, card) => call("POST", `${holdUrl(orderId)}/payment`, { card });
export const release = (orderId) => call("DELETE", holdUrl(orderId));

async function call(method, url, content) {
  const request = { method, headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(30_000) };
  if (content) request.body = JSON.stringify(content);
  let answer;
  let body;
  try {
    answer = await fetch(url, request);
    body = await answer.json();
  } catch {
    throw new Refused("TRY_AGAIN"); // every call may be repeated: it has the same order
  }
  if (!answer.ok) throw new Refused(body.code);
  return body;
}
