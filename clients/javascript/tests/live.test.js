/** The live client: what a shopper sees, whatever happens to the connection. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeApi, problem } from "./support/fake-api.js";
import { FakeClock } from "./support/fake-clock.js";
import { aConnectedShopper, aShopper } from "./support/shopper.js";

test("a shopper sees each change that is pushed", async () => {
  const { api, clock, live, sees } = await aConnectedShopper();
  assert.equal(sees(), 7);

  api.sells("KIT-1", 6);

  assert.equal(sees(), 6);
  assert.equal(live.connection, "live");
  await clock.pass(60);
  assert.equal(api.events.open.length, 1);
});

test("a page asks once for all its products, and opens one connection for them", async () => {
  const { api, clock, watches, sees } = aShopper();
  for (const id of ["A", "B", "C"]) api.has(id, 7);

  watches("A", "B", "C");
  await clock.pass(1);

  assert.deepEqual(api.lookups[0]?.search.getAll("product_id"), ["A", "B", "C"]);
  assert.equal(api.events.sockets.length, 1);
  assert.equal(api.accesses.length, 1);
  api.sells("B", 1);
  assert.deepEqual([sees("A"), sees("B"), sees("C")], [7, 1, 7]);
});

test("what changed between the lookup and the subscription is read", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  watches("KIT-1");
  await clock.pass(0.011);
  api.has("KIT-1", 3); // pushed to nobody

  await clock.pass(1);

  assert.equal(sees(), 3);
});

test("the second lookup of a page is answered with 304", async () => {
  const { api } = await aConnectedShopper();

  assert.deepEqual(
    api.lookups.map(({ status }) => status),
    [200, 304],
  );
});

test("a push that comes late or twice changes nothing", async () => {
  const { api, readings, sees } = await aConnectedShopper();
  const late = api.has("KIT-1", 6);
  const stock = api.sells("KIT-1", 5);

  api.events.publish(late);
  api.events.publish(stock);

  assert.equal(sees(), 5);
  assert.deepEqual(
    readings.get("KIT-1")?.map(({ stock }) => stock?.available),
    [7, 5],
  );
});

test("a lookup that was answered from the past changes nothing", async () => {
  const { api, clock, live, sees } = await aConnectedShopper();
  const past = { ...api.has("KIT-1", 7), sequence: 1 };
  api.sells("KIT-1", 2);
  api.instead.push(Response.json({ items: [past], not_found: [] }));

  live.refresh();
  await clock.pass(1);

  assert.equal(sees(), 2);
});

test("a push that is no stock of the product is ignored", async () => {
  const { api, sees } = await aConnectedShopper();

  const [id] = api.events.last.channels.keys();
  for (const event of ["{", "null", "[]", '{"product_id":"OTHER","sequence":9}', '{"product_id":"KIT-1"}']) {
    api.events.last.say({ type: "data", id, event });
  }

  assert.equal(sees(), 7);
});

test("a connection that is lost comes back within seconds, and the gap is read", async () => {
  const { api, clock, states, sees } = await aConnectedShopper();
  api.events.hangUp();
  api.has("KIT-1", 3);

  await clock.pass(2.5);

  assert.equal(sees(), 3);
  assert.deepEqual(states, ["polling", "live", "polling", "live"]);
  assert.equal(api.accesses.length, 1); // the key was good
});

test("while AppSync is down the page polls, at a modest rate", async () => {
  const { api, clock, sees } = await aConnectedShopper();
  api.events.isDown = true;
  api.events.hangUp();
  const before = api.lookups.length;
  api.has("KIT-1", 3);

  await clock.pass(600);

  assert.equal(sees(), 3);
  assert.ok(api.lookups.length - before <= 600 / 15 + 1, `${api.lookups.length - before} lookups`);
  assert.ok(api.lookups.length - before >= 600 / 30);
  assert.ok(api.events.sockets.length < 25, `${api.events.sockets.length} connections`);
});

test("a page goes back to the connection when AppSync is up again", async () => {
  const { api, clock, live, sees } = await aConnectedShopper();
  api.events.isDown = true;
  api.events.hangUp();
  await clock.pass(600);
  assert.equal(live.connection, "polling");

  api.events.isDown = false;
  await clock.pass(61);

  assert.equal(live.connection, "live");
  api.sells("KIT-1", 1);
  assert.equal(sees(), 1);
});

test("reconnections of many pages are spread over time", async () => {
  const delays = new Set();
  for (const chance of [0, 0.25, 0.5, 0.75, 0.99]) {
    const { api, clock } = await aConnectedShopper();
    clock.chance = chance;
    api.events.hangUp();
    let waited = 0;
    for (; api.events.sockets.length < 2; waited += 0.1) await clock.pass(0.1);
    delays.add(waited.toFixed(1));
  }
  assert.equal(delays.size, 5);
});

test("a server that accepts and closes at once is not stormed", async () => {
  const { api, clock } = await aConnectedShopper();

  api.events.hangsUpAtOnce = true;
  api.events.hangUp();
  await clock.pass(300);

  const { length } = api.events.sockets;
  assert.ok(length > 5 && length < 20, `${length} connections`);
});

test("a connection that is silent for too long is replaced", async () => {
  const { api, clock, live } = await aConnectedShopper();
  const [first] = api.events.sockets;

  await clock.pass(300 + 3);

  assert.equal(first?.readyState, 3);
  assert.equal(live.connection, "live");
});

test("keep-alive messages keep a connection", async () => {
  const { api, clock } = await aConnectedShopper();

  for (let minute = 0; minute < 20; minute += 1) {
    await clock.pass(60);
    api.events.last.say({ type: "ka" });
  }

  assert.equal(api.events.sockets.length, 1);
});

test("a server that never acknowledges is given up, and the page polls", async () => {
  const { api, clock, live, sees, watches } = aShopper();
  api.events.isSilent = true;
  api.has("KIT-1", 7);
  watches("KIT-1");
  await clock.pass(11);
  api.has("KIT-1", 4);

  await clock.pass(30);

  assert.equal(sees(), 4);
  assert.equal(live.connection, "polling");
});

test("a key that is refused is asked for again", async () => {
  const { api, clock, live } = await aConnectedShopper();
  api.events.key = "key-2";
  api.events.hangUp();

  await clock.pass(10);

  assert.equal(live.connection, "live");
  assert.equal(api.events.last.credentials["x-api-key"], "key-2");
  assert.equal(api.accesses.length, 2);
});

test("a subscription that is refused for its key gets a new one", async () => {
  const { api, clock, live, watches } = await aConnectedShopper();
  api.has("KIT-2", 1);
  api.events.key = "key-2";

  watches("KIT-2");
  await clock.pass(10);

  assert.equal(api.events.refused, 1);
  assert.equal(live.connection, "live");
});

test("a key near its end is replaced without a gap", async () => {
  const { api, clock, live, sees } = await aConnectedShopper();
  const end = new Date(clock.now() + 20 * 60_000).toISOString();
  api.expiresAt = end;
  api.events.hangUp();
  api.events.key = "key-2"; // refused, so that the page learns the end
  await clock.pass(10);
  api.events.key = "key-3";
  api.expiresAt = "2027-01-01T00:00:00Z";

  await clock.pass(16 * 60);

  assert.equal(api.events.last.credentials["x-api-key"], "key-3");
  assert.equal(live.connection, "live");
  api.sells("KIT-1", 2);
  assert.equal(sees(), 2);
});

test("a clock that is wrong by years does not ask for the key again and again", async () => {
  const api = new FakeApi();
  api.expiresAt = "2020-01-01T00:00:00Z"; // as a clock sees it that is ahead
  const { clock, watches, live } = aShopper({ api });
  api.has("KIT-1", 7);
  watches("KIT-1");

  await clock.pass(3_600);

  assert.ok(api.accesses.length <= 8, `${api.accesses.length} times`);
  assert.equal(live.connection, "live");
});

test("an API without live stock is polled, and rarely asked for it", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  const { fetch } = api;
  let asked = 0;
  api.fetch = async (/** @type {Request} */ request) => {
    if (!request.url.endsWith("/live-stock")) return fetch(request);
    asked += 1;
    return problem(404, "LIVE_STOCK_UNAVAILABLE");
  };
  const shopper = aShopper({ api, clock });
  shopper.watches("KIT-1");
  watches("KIT-1");
  await clock.pass(1);
  api.has("KIT-1", 5);

  await clock.pass(3_600);

  assert.equal(shopper.sees(), 5);
  assert.equal(sees(), 5);
  assert.ok(asked <= 7, `${asked} times`);
});

test("a wrong key is said once, and nothing is asked again", async (context) => {
  const warn = context.mock.method(console, "warn", () => {});
  const { api, clock, live, watches, sees } = aShopper({ apiKey: "wrong" });

  watches("KIT-1", "KIT-2");
  await clock.pass(3_600);
  watches("KIT-3");
  await clock.pass(3_600);

  assert.deepEqual([sees("KIT-1"), sees("KIT-3")], ["ACCESS_DENIED", "ACCESS_DENIED"]);
  assert.equal(live.connection, "stopped");
  assert.equal(api.calls.length, 1);
  assert.equal(warn.mock.callCount(), 1);
  assert.equal(clock.timers, 0);
});

test("a product that does not exist is asked for once", async () => {
  const { api, clock, watches, sees } = aShopper();

  watches("NO-SUCH");
  await clock.pass(3_600);

  assert.equal(sees("NO-SUCH"), "UNKNOWN_PRODUCT");
  assert.equal(api.calls.length, 1);
});

test("a page without a product that exists opens no connection", async () => {
  const { api, clock, page, watches } = aShopper();
  watches("NO-SUCH");
  await clock.pass(1);

  page.on?.online();
  page.hide();
  page.show();
  await clock.sleep(3_600);
  await clock.pass(60);

  assert.equal(api.events.sockets.length, 0);
  assert.equal(api.calls.length, 1);
});

test("a product that cannot exist is not asked for", async () => {
  const { api, clock, watches, sees } = aShopper();
  const impossible = ["", " KIT-1", "a\u0000b", "x".repeat(129), "\ud800", "zero\u200bwidth", "y".repeat(100_000)];

  watches(...impossible);
  await clock.pass(60);

  assert.ok(impossible.every((id) => sees(id) === "UNKNOWN_PRODUCT"));
  assert.equal(api.calls.length, 0);
});

test("an id is compared as the API does, after NFC", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.has("caf\u00e9", 7);

  watches("cafe\u0301");
  await clock.pass(1);

  assert.equal(sees("cafe\u0301"), 7);
});

test("a product that is retired is unavailable, and comes back", async () => {
  const { api, clock, live, sees } = await aConnectedShopper();
  const stock = api.products.get("KIT-1");
  api.products.delete("KIT-1");
  live.refresh();
  await clock.pass(1);
  assert.equal(sees(), "UNKNOWN_PRODUCT");

  if (stock) api.products.set("KIT-1", stock);
  api.sells("KIT-1", 4);

  assert.equal(sees(), 4);
});

test("without the API the page says so, asks with growing delays, and recovers", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.isDown = true;
  api.has("KIT-1", 7);
  watches("KIT-1");
  await clock.pass(1_800);
  assert.equal(sees(), "UNREADABLE");
  assert.ok(api.calls.length <= 15, `${api.calls.length} calls`);

  api.isDown = false;
  await clock.pass(450);

  assert.equal(sees(), 7);
});

test("a page that the API asks to wait does so", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  api.instead.push(problem(429, "TOO_MANY_REQUESTS", { "retry-after": "30" }));

  watches("KIT-1");
  await clock.pass(29);
  assert.equal(api.calls.length, 1);
  await clock.pass(2);

  assert.equal(sees(), 7);
});

test("a stock that cannot be confirmed for a minute does not count any more", async () => {
  const { api, clock, page, sees } = await aConnectedShopper();
  api.isDown = true;
  api.events.isDown = true;
  api.events.hangUp();
  page.on?.offline();
  await clock.pass(40);
  assert.equal(sees(), 7);

  await clock.pass(80);

  assert.equal(sees(), "UNREADABLE");
});

test("a stock that is pushed counts, although the API is down", async () => {
  const { api, clock, sees } = await aConnectedShopper();
  api.isDown = true;

  for (let minute = 0; minute < 20; minute += 1) {
    await clock.pass(60);
    api.events.last.say({ type: "ka" });
  }

  assert.equal(sees(), 7);
});

test("a hidden page makes no requests and gives its connection up", async () => {
  const { api, clock, page, live } = await aConnectedShopper();
  page.hide();
  await clock.pass(11);
  const before = api.calls.length;

  await clock.pass(3_600);

  assert.equal(live.connection, "paused");
  assert.equal(api.events.open.length, 0);
  assert.equal(api.calls.length, before);
});

test("a page that comes back shows the truth within a second", async () => {
  const { api, clock, page, live, sees } = await aConnectedShopper();
  page.hide();
  await clock.pass(60);
  api.has("KIT-1", 1);

  page.show();
  await clock.pass(0.9);

  assert.equal(sees(), 1);
  assert.equal(live.connection, "live");
});

test("a short look at another page keeps the connection", async () => {
  const { api, clock, page, live } = await aConnectedShopper();
  page.hide();
  await clock.pass(5);

  page.show();
  await clock.pass(1);

  assert.equal(api.events.sockets.length, 1);
  assert.equal(live.connection, "live");
});

test("a page that is opened in the background waits until it is seen", async () => {
  const { api, clock, page, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  page.hide();
  watches("KIT-1");
  await clock.pass(60);
  assert.equal(api.calls.length, 0);

  page.show();
  await clock.pass(0.5);

  assert.equal(sees(), 7);
});

test("a network that is back is used at once", async () => {
  const { api, clock, page, live, sees } = await aConnectedShopper();
  page.on?.offline();
  api.isDown = api.events.isDown = true;
  await clock.pass(600);

  api.isDown = api.events.isDown = false;
  api.has("KIT-1", 2);
  page.on?.online();
  await clock.pass(1);

  assert.equal(sees(), 2);
  assert.equal(live.connection, "live");
});

test("a machine that slept reads again, although its page was never hidden", async () => {
  const { api, clock, sees } = await aConnectedShopper();
  api.has("KIT-1", 2);

  await clock.sleep(3_600);
  await clock.pass(1);

  assert.equal(sees(), 2);
});

test("a machine that slept behind a hidden page does not trust its old connection", async () => {
  const { api, clock, page, live } = await aConnectedShopper();
  page.hide();
  await clock.pass(1);
  const [first] = api.events.sockets;

  await clock.sleep(3_600);
  page.show();
  await clock.pass(1);

  assert.equal(first?.readyState, 3);
  assert.equal(live.connection, "live");
});

test("a page that shows no product any more is quiet", async () => {
  const { api, clock, watches, live } = aShopper();
  api.has("KIT-1", 7);
  const stop = watches("KIT-1");
  await clock.pass(1);

  stop();
  await clock.pass(2);

  assert.equal(api.events.open.length, 0);
  assert.equal(live.connection, "idle");
  assert.equal(clock.timers, 0);
});

test("a page that is drawn anew keeps its connection and asks nothing", async () => {
  const { api, clock, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  const stop = watches("KIT-1");
  await clock.pass(1);
  const before = api.calls.length;

  stop();
  watches("KIT-1");
  assert.equal(sees(), 7);
  await clock.pass(2);

  assert.equal(api.calls.length, before);
  assert.equal(api.events.sockets.length, 1);
});

test("a product that is added later is subscribed to on the same connection", async () => {
  const { api, clock, watches, sees } = await aConnectedShopper();
  api.has("KIT-2", 7);

  watches("KIT-2");
  await clock.pass(1);
  api.sells("KIT-2", 3);

  assert.equal(sees("KIT-2"), 3);
  assert.equal(api.events.sockets.length, 1);
});

test("a product that is removed is unsubscribed from", async () => {
  const { api, clock, watches } = await aConnectedShopper();
  api.has("KIT-2", 7);
  const stop = watches("KIT-2");
  await clock.pass(1);

  stop();
  await clock.pass(2);

  assert.deepEqual([api.events.subscribersOf("/stock/KIT-1"), api.events.subscribersOf("/stock/KIT-2")], [1, 0]);
});

test("products beyond the channels of one connection are polled", async () => {
  const { api, clock, watches, sees, live } = aShopper();
  const ids = Array.from({ length: 130 }, (_, number) => `P-${number}`);
  for (const id of ids) api.has(id, 7);
  watches(...ids);
  await clock.pass(1);
  assert.equal(live.connection, "polling");

  api.sells("P-129", 3);
  await clock.pass(25);

  assert.equal(sees("P-129"), 3);
  assert.equal(api.events.sockets.length, 1);
});

test("a push that is lost is made up for by the next reading", async () => {
  const { api, clock, sees } = await aConnectedShopper();
  api.has("KIT-1", 2);

  for (let minute = 0; minute < 8; minute += 1) {
    await clock.pass(60);
    api.events.last.say({ type: "ka" });
  }

  assert.equal(sees(), 2);
});

test("a listener that fails does not harm the others", async (context) => {
  const report = context.mock.method(console, "error", () => {});
  const { api, clock, live, watches, sees } = aShopper();
  api.has("KIT-1", 7);
  live.watch("KIT-1", () => {
    throw new Error("a fault of the page");
  });
  watches("KIT-1");

  await clock.pass(1);

  assert.equal(sees(), 7);
  assert.equal(report.mock.callCount(), 1);
});

test("without WebSocket the page polls", async () => {
  const clock = new FakeClock();
  const api = new FakeApi();
  const { LiveStock } = await import("../src/live.js");
  const options = { apiUrl: "https://api.test/v1", apiKey: "storefront-key", fetch: api.fetch, clock };
  const live = new LiveStock({ ...options, WebSocket: /** @type {any} */ (null) });
  api.has("KIT-1", 7);
  let available = 0;
  live.watch("KIT-1", ({ stock }) => (available = stock?.available ?? 0));
  await clock.pass(1);
  api.has("KIT-1", 3);

  await clock.pass(25);

  assert.equal(available, 3);
  live.close();
});
