// The product page. `stock-status` and `hold-countdown` are the component's; what happens between them is the shop's.

import * as checkout from "./checkout.js";

const POLL_MS = 1_000;
const DONE = ["COMMITTED", "PAID"];
const REFUSED = {
  SOLD_OUT: "Somebody was quicker. If they do not pay, it comes back here by itself.",
  HOLD_ENDED: "The time is over, and the units are back on the shelf.",
  TRY_AGAIN: "That did not work. Please try again: nothing is taken twice.",
};

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

showProduct();
showOthers();
element("reserve").addEventListener("click", () => act(reserve));
element("payment").addEventListener("submit", (event) => {
  event.preventDefault();
  act(pay);
});
element("release").addEventListener("click", () => act(giveBack));
document.querySelector("[data-again]").addEventListener("click", () => browse(""));
for (const id of ["countdown", "paying-countdown"]) element(id).addEventListener("hold-ended", () => once(look));
await once(look);

/** Do what the shopper asked for. The pressed button is gone then, so the focus goes to what replaced it. */
async function act(action) {
  const before = panel.dataset.state;
  await once(action);
  if (panel.dataset.state !== before) panel.focus();
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
    say(REFUSED[error.message] ?? REFUSED.TRY_AGAIN);
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
    lookSoon(); // the order is as it was; only this answer is missing
  }
}

/** @param {{order_id: string, status: string, reason: string | null, payment: string | null}} order */
function show(order) {
  const isPaying = order.payment === "PENDING";
  if (DONE.includes(order.status)) return setState("bought");
  if (order.status === "HELD") {
    setState(isPaying ? "paying" : "held", order);
    if (order.payment === "DECLINED") say("Your card was declined. It is still reserved: try another card.");
    if (isPaying || order.held_until <= order.server_time) lookSoon(); // the end of a hold takes a moment
  } else if (order.status === "PENDING") {
    lookSoon();
  } else if (order.payment === "REFUNDED") {
    browse("Your payment came too late, and others had bought it. You get your money back.");
  } else if (isPaying) {
    setState("late");
    lookSoon();
  } else {
    browse(order.reason === "EXPIRED" ? "The time is over, and it is back on the shelf." : "");
  }
}

function lookSoon() {
  setTimeout(() => once(look), POLL_MS);
}

function browse(message) {
  forgetOrder();
  setState("browsing");
  if (message !== undefined) say(message);
}

function setState(state, order) {
  panel.dataset.state = state;
  const isHeld = state === "held" || state === "paying";
  for (const id of ["countdown", "paying-countdown"]) setCountdown(element(id), isHeld ? order : null);
}

/** The countdown goes by the server's clock: the shopper's may be wrong by hours. */
function setCountdown(countdown, order) {
  if (!order) return countdown.removeAttribute("held-until");
  countdown.setAttribute("server-time", order.server_time);
  countdown.setAttribute("held-until", order.held_until);
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
  watch(element("stock"), product);
}

function showOthers() {
  const others = products.filter((one) => one !== product);
  element("others").replaceChildren(
    ...others.map((other) => {
      const item = document.createElement("li");
      item.append(
        create("img", { src: other.picture, alt: "" }),
        create("a", { textContent: other.name, href: pageOf(other) }),
        watch(document.createElement("stock-status"), other),
      );
      return item;
    }),
  );
}

function watch(status, { product_id }) {
  status.setAttribute("api-url", config.api_url);
  status.setAttribute("api-key", config.api_key);
  status.setAttribute("product-id", product_id);
  return status;
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
