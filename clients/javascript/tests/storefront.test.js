/** The storefront client: one and many products, what is sent again and what is not. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NotFound } from "../src/errors.js";
import { StorefrontClient } from "../src/storefront.js";
import { FakeApi, problem } from "./support/fake-api.js";

/** @param {FakeApi} api */
function clientOf(api) {
  return new StorefrontClient({ apiUrl: "https://api.test/v1", apiKey: "storefront-key", fetch: api.fetch });
}

test("one product", async () => {
  const api = new FakeApi();
  api.has("A/B & C", 7);

  const stock = await clientOf(api).getStock("A/B & C");

  assert.equal(stock.available, 7);
  await assert.rejects(clientOf(api).getStock("NO-SUCH"), NotFound);
  await assert.rejects(clientOf(api).getStock(""), NotFound);
});

test("any number of products, in as few calls as the API allows", async () => {
  const api = new FakeApi();
  const short = Array.from({ length: 150 }, (_, number) => `P-${number}`);
  const long = Array.from({ length: 20 }, (_, number) => `${number}-`.padEnd(128, "ü"));
  for (const id of [...short, ...long]) api.has(id, 7);

  const { items, not_found } = await clientOf(api).listStock([...short, ...long, "NO-SUCH", "no\u200bsuch"]);

  assert.equal(items.length, 170);
  assert.deepEqual(not_found, ["NO-SUCH", "no\u200bsuch"]);
  assert.ok(api.lookups.every(({ search }) => search.getAll("product_id").length <= 100));
  assert.ok(api.lookups.every(({ search }) => search.toString().length <= 8_000));
  assert.equal(api.lookups.length, 4);
});

test("an answer that did not change is not sent again", async () => {
  const api = new FakeApi();
  const storefront = clientOf(api);
  api.has("KIT-1", 7);
  await storefront.getStock("KIT-1");

  const again = await storefront.getStock("KIT-1");
  api.has("KIT-1", 6);
  const changed = await storefront.getStock("KIT-1");

  assert.deepEqual([again.available, changed.available], [7, 6]);
  assert.deepEqual(
    api.calls.map(({ status }) => status),
    [200, 304, 200],
  );
});

test("what may succeed later is tried again, what will not is not", async () => {
  const api = new FakeApi();
  api.has("KIT-1", 7);
  api.instead.push(problem(503, "BUSY"), new Response("<html>", { status: 200 }));

  assert.equal((await clientOf(api).getStock("KIT-1")).available, 7);

  api.instead.push(problem(400, "VALIDATION_FAILED"));
  await assert.rejects(clientOf(api).getStock("KIT-1"), { code: "VALIDATION_FAILED" });
  assert.equal(api.calls.length, 4);
});

test("no product is no call", async () => {
  const api = new FakeApi();

  assert.deepEqual(await clientOf(api).listStock([]), { items: [], not_found: [] });
  assert.equal(api.calls.length, 0);
});
