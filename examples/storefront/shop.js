// The product page. `stock-status` and `hold-countdown` are the component's; what happens between them is the shop's.

import * as checkout from "./checkout.js";

const POLL_MS = 1_000;
const DONE = ["COMMITTED", "PAID"];
const REFUSED = {
  SOLD_OUT: "Somebody was quicker. If they do not pay, it comes back here by itself.",
  HOLD_ENDED: "The time is over, and the units are back on the shelf.",
  TRY_AGAIN: "That did not work. Please try again: nothing is taken twice.",
};
const NOT_POSSIBLE = "That is not possible at the moment.";

const element = (id) => document.getElementById(id);
const panel = element("checkout");
const query = new URLSearchParams(location.search);
const shopper = query.get("shopper") ?? "";
const price = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

const [config, products] = await Promise.all([readJson("config.json"), readJson("products.json")]);
const product = products.find((one) => one.product_id === query.get("product")) ?? products[0];
const storageKey = `order of ${shopper} for ${product.product_id}`;
let orderId = sessionStorage.getItem(storageKey); // survives a reload, and is this tab's only
let isCalling = false;
let nextCall = 0;

showProduct();
showOthers();
element("inventory").setAttribute("api-url", config.api_url);
element("inventory").setAttribute("api-key", config.api_key);
element("reserve").addEventListener("click", () => act(reserve));
element("payment").addEventListener("submit", (event) => {
  event.preventDefault();
  act(pay);
});
element("release").addEventListener("click", () => act(giveBack));
element("again").addEventListener("click", () => browse(""));
element("countdown").addEventListener("hold-ended", () => once(look));
await once(look);

/** Do what the shopper asked for. The pressed button is gone then, so the focus goes to what replaced it. */
async function act(action) {
  const before = panel.dataset.state;
  await once(action);
  if (panel.dataset.state !== before) panel.focus({ preventScroll: true });
}

/** One call at a time: a double click is one click. */
async function once(action) {
  if (isCalling) return;
  isCalling = true;
  panel.setAttribute("aria-busy", "true");
  try {
    await action();
  } catch (error) {
    if (!(error instanceof checkout.Refused)) throw error;
    say(REFUSED[error.message] ?? NOT_POSSIBLE);
    if (error.message !== "TRY_AGAIN") await look();
  } finally {
    isCalling = false;
    panel.removeAttribute("aria-busy");
  }
}

async function reserve() {
  say("");
  // The id stays until the order is decided. So a second try after a lost answer finds the first one's hold.
  orderId ??= crypto.randomUUID();
  sessionStorage.setItem(storageKey, orderId);
  try {
    show(await checkout.hold(orderId, product.product_id));
  } catch (error) {
    if (error.message === "SOLD_OUT") forgetOrder(); // this id is decided: the next try needs another
    throw error;
  }
}

async function pay() {
  say("");
  const card = new FormData(element("payment")).get("card");
  await checkout.pay(orderId, card);
  await countdown()?.refresh?.(); // a payment extends the hold
  await look();
}

async function giveBack() {
  await checkout.release(orderId);
  browse("It is back on the shelf.");
}

/** Show what the order is now, and look again while something is awaited. */
async function look() {
  if (!orderId) return browse(panel.dataset.state === "loading" ? "" : undefined);
  try {
    show(await checkout.read(orderId));
  } catch (error) {
    if (error.message === "ORDER_NOT_FOUND") return browse("");
    callSoon(look); // the order is as it was; only this answer is missing
  }
}

/** @param {{order_id: string, status: string, reason: string | null, payment: string | null}} order */
function show(order) {
  const isPaying = order.payment === "PENDING";
  if (DONE.includes(order.status)) return finish();
  if (order.status === "HELD") {
    setState(isPaying ? "paying" : "held");
    if (order.payment === "DECLINED") say("Your card was declined. It is still reserved: try another card.");
    if (isPaying || order.held_until <= order.server_time) callSoon(look); // the end of a hold takes a moment
  } else if (order.status === "PENDING") {
    callSoon(reserve); // not decided yet: only the same call again says how it ends
  } else if (order.payment === "REFUNDED") {
    browse("Your payment came too late, and others had bought it. You get your money back.");
  } else if (isPaying) {
    setState("late");
    callSoon(look);
  } else {
    browse(order.reason === "EXPIRED" ? "The time is over, and it is back on the shelf." : "");
  }
}

/** There is one next call, and it waits for the shopper's own. */
function callSoon(action) {
  clearTimeout(nextCall);
  nextCall = setTimeout(() => (isCalling ? callSoon(action) : once(action)), POLL_MS);
}

function finish() {
  say("");
  setState("bought");
}

function browse(message) {
  forgetOrder();
  setState("browsing");
  if (message !== undefined) say(message);
}

function setState(state) {
  panel.dataset.state = state;
  const isHeld = state === "held" || state === "paying";
  if (isHeld && !countdown()) element("countdown").append(createCountdown());
  if (!isHeld) countdown()?.remove();
}

function countdown() {
  return document.querySelector("hold-countdown");
}

/** It asks the shop until when, and goes by the server's clock: the shopper's may be wrong by hours. */
function createCountdown() {
  const created = document.createElement("hold-countdown");
  created.setAttribute("src", checkout.holdUrl(orderId));
  created.setAttribute("text-held", "Reserved for you: {time}");
  return created;
}

function forgetOrder() {
  orderId = null;
  sessionStorage.removeItem(storageKey);
}

function say(message) {
  element("message").textContent = message;
}

function showProduct() {
  document.title = `${product.name} – Kiln & Linen`;
  element("name").textContent = product.name;
  element("price").textContent = price.format(product.price_cents / 100);
  element("line").textContent = product.line;
  element("picture").src = product.picture;
  element("pay").textContent = `Pay ${price.format(product.price_cents / 100)}`;
  element("facts").replaceChildren(...product.facts.map((fact) => create("li", { textContent: fact })));
  element("shopper").textContent = shopper;
  element("shopper").hidden = !shopper;
  element("home").href = pageOf(products[0]);
  element("stock").setAttribute("product-id", product.product_id);
}

function showOthers() {
  const others = products.filter((one) => one !== product);
  element("others").replaceChildren(
    ...others.map((other) => {
      const item = document.createElement("li");
      item.append(
        create("img", { src: other.picture, alt: "" }),
        create("a", { textContent: other.name, href: pageOf(other) }),
        create("stock-status", { productId: other.product_id }),
      );
      return item;
    }),
  );
}

function pageOf({ product_id }) {
  return `./?${new URLSearchParams({ ...(shopper && { shopper }), product: product_id })}`;
}

function create(name, properties) {
  return Object.assign(document.createElement(name), properties);
}

async function readJson(url) {
  return (await fetch(url)).json();
}
