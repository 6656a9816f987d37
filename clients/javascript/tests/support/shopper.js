/** A page with a live client in a world of fakes, and what a shopper sees on it. */

import { LiveStock } from "../../src/live.js";
import { FakeApi } from "./fake-api.js";
import { FakeClock } from "./fake-clock.js";
import { FakePage } from "./fake-page.js";

/** @import { Reading } from "../../src/live/product.js" */

/** @param {{ api?: FakeApi, clock?: FakeClock, apiKey?: string }} [world] */
export function aShopper({ api = new FakeApi(), clock = new FakeClock(), apiKey = "storefront-key" } = {}) {
  const page = new FakePage();
  /** @type {string[]} */
  const states = [];
  const live = new LiveStock({
    apiUrl: "https://api.test/v1/",
    apiKey,
    fetch: api.fetch,
    WebSocket: api.events.WebSocket,
    clock,
    page,
    onConnection: (state) => states.push(state),
  });
  /** @type {Map<string, Reading[]>} */
  const readings = new Map();

  /** @param {string[]} productIds */
  function watches(...productIds) {
    const stops = productIds.map((id) => {
      readings.set(id, []);
      return live.watch(id, (reading) => readings.get(id)?.push(reading));
    });
    return () => stops.forEach((stop) => stop());
  }

  /** What is shown now: a number, or the problem. @param {string} [productId] */
  function sees(productId = "KIT-1") {
    const reading = readings.get(productId)?.at(-1);
    return reading?.problem ?? reading?.stock?.available ?? null;
  }

  return { api, clock, page, live, states, readings, watches, sees };
}

/** A shopper whose page is connected, with one product of which there are seven. */
export async function aConnectedShopper() {
  const shopper = aShopper();
  shopper.api.has("KIT-1", 7);
  shopper.watches("KIT-1");
  await shopper.clock.pass(1);
  return shopper;
}
