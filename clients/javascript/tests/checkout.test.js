/** The checkout client: its calls, what it repeats, and its errors. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CheckoutClient, credentialsFromEnvironment } from "../src/checkout.js";
import * as errors from "../src/errors.js";
import { problem } from "./support/fake-api.js";
import { FakeCheckoutApi } from "./support/fake-checkout-api.js";

const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const CART = { lines: [{ product_id: "KIT-1", quantity: 2 }] };

/**
 * @param {FakeCheckoutApi} api
 * @param {Partial<ConstructorParameters<typeof CheckoutClient>[0]>} [options]
 */
function clientOf(api, options = {}) {
  const apiUrl = "https://abc.execute-api.eu-central-1.amazonaws.com/v1/";
  return new CheckoutClient({ apiUrl, credentials: CREDENTIALS, fetch: api.fetch, ...options });
}

test("each call has its method, path, key and body", async () => {
  const api = new FakeCheckoutApi();
  const checkout = clientOf(api);

  await checkout.createReservation(CART, { key: "order-1" });
  await checkout.getReservation("order-1");
  await checkout.changeReservation("order-1", CART, { key: "change-1" });
  await checkout.recordPayment("order-1", { outcome: "SUCCEEDED", payment_reference: "PAY-7" });
  await checkout.extendReservation("order-1");
  await checkout.cancelReservation("order-1");
  await checkout.returnUnits("order-1", { ...CART, disposition: "RESTOCK", reference: "R-1" }, { key: "return-1" });
  await checkout.dispatchUnits("order-1", { reference: "parcel-1" });

  assert.deepEqual(
    api.calls.map(({ method, path, headers }) => `${method} ${path} ${headers.get("idempotency-key") ?? "-"}`),
    [
      "POST /v1/reservations order-1",
      "GET /v1/reservations/order-1 -",
      "PATCH /v1/reservations/order-1 change-1",
      "POST /v1/reservations/order-1/payment -",
      "POST /v1/reservations/order-1/extension -",
      "DELETE /v1/reservations/order-1 -",
      "POST /v1/reservations/order-1/returns return-1",
      "POST /v1/reservations/order-1/dispatches -",
    ],
  );
  assert.deepEqual(api.calls[0]?.body, CART);
  assert.ok(api.calls.every(({ headers }) => headers.get("authorization")?.includes("/eu-central-1/execute-api/")));
});

test("any order's reservations can be listed, page by page", async () => {
  const api = new FakeCheckoutApi(Response.json({ items: [], cursor: null }));

  await clientOf(api).listReservationsOfOrder("A/B & 'C'", { cursor: "x=" });

  assert.equal(api.calls[0]?.path, "/v1/reservations?order_id=A%2FB%20%26%20%27C%27&cursor=x%3D");
});

test("an id that is no plain name is named by its hash, as the API does it", async () => {
  const api = new FakeCheckoutApi();

  await clientOf(api).getReservation("#1001");

  assert.equal(api.calls[0]?.path, "/v1/reservations/k-rvlqwhmpoqzpuqrm4cde3jp4xzw6vpkp4yk5myfphhx2o7fcomwq");
});

test("a lost answer and a busy API are tried again, signed anew and with the same key", async () => {
  const api = new FakeCheckoutApi(
    new TypeError("fetch failed"),
    problem(503, "BUSY"),
    problem(429, "TOO_MANY_REQUESTS"),
  );
  let signed = 0;
  const credentials = async () => ({ ...CREDENTIALS, accessKeyId: `KEY-${(signed += 1)}` });

  const reservation = await clientOf(api, { credentials }).createReservation(CART, { key: "order-1" });

  assert.equal(reservation.status, "HELD");
  assert.deepEqual(
    api.calls.map(({ headers }) => headers.get("idempotency-key")),
    ["order-1", "order-1", "order-1", "order-1"],
  );
  assert.match(api.calls[3]?.headers.get("authorization") ?? "", /KEY-4/);
});

test("an API that stays down is an error that says so", async () => {
  const api = new FakeCheckoutApi(problem(500, "INTERNAL_ERROR"), problem(503, "BUSY"));

  const call = clientOf(api, { attempts: 2 }).getReservation("order-1");

  await assert.rejects(call, (error) => error instanceof errors.Unavailable && error.code === "BUSY");
  assert.equal(api.calls.length, 2);
});

const REFUSALS = /** @type {const} */ ([
  [400, "VALIDATION_FAILED", errors.InvalidRequest],
  [403, "FORBIDDEN", errors.AccessDenied],
  [404, "RESERVATION_NOT_FOUND", errors.NotFound],
  [409, "INSUFFICIENT_STOCK", errors.InsufficientStock],
  [409, "HOLD_LIMIT_REACHED", errors.HoldLimitReached],
  [409, "IDEMPOTENCY_CONFLICT", errors.IdempotencyConflict],
  [409, "ALREADY_DECIDED", errors.AlreadyDecided],
  [409, "PAYMENT_UNFULFILLED", errors.PaymentUnfulfilled],
  [409, "NOT_SOLD", errors.NotSold],
  [409, "NOT_ALLOCATED", errors.NotAllocated],
  [409, "A_CODE_OF_LATER", errors.ApiError],
]);

for (const [status, code, kind] of REFUSALS) {
  test(`${code} is an error of its own, and not tried again`, async () => {
    const api = new FakeCheckoutApi(problem(status, code));

    const call = clientOf(api).getReservation("order-1");

    await assert.rejects(call, (error) => error instanceof kind && error.code === code && error.status === status);
    assert.equal(api.calls.length, 1);
  });
}

test("a shortage names its lines", async () => {
  const shortages = [{ product_id: "KIT-1", warehouse_id: null, requested: 2, available: 1 }];
  const api = new FakeCheckoutApi(Response.json({ code: "INSUFFICIENT_STOCK", shortages }, { status: 409 }));

  const call = clientOf(api).createReservation(CART, { key: "order-1" });

  await assert.rejects(call, (error) => {
    assert.ok(error instanceof errors.InsufficientStock);
    assert.deepEqual(error.shortages, shortages);
    return true;
  });
});

test("a client without a region or credentials says what is missing", (context) => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"]) {
    const value = process.env[name];
    delete process.env[name];
    context.after(() => value !== undefined && (process.env[name] = value));
  }

  assert.throws(() => new CheckoutClient({ apiUrl: "http://127.0.0.1:4566/v1", credentials: CREDENTIALS }), /region/);
  assert.throws(credentialsFromEnvironment, /AWS_ACCESS_KEY_ID/);
});
