/** `<stock-status product-id="KIT-0001" for="add-to-cart">`: the stock of a product, as it changes. */

import { announce, unannounce } from "./announcer.js";
import { setSoldOut } from "./buttons.js";
import { make } from "./dom.js";
import { liveStock, settingsOf, users, warnOnce } from "./settings.js";
import { stockSheet } from "./styles.js";
import { TEXT_ATTRIBUTES, textOf } from "./texts.js";

/** @import { Reading } from "../live/product.js" */

const SETTINGS_WITHIN_MS = 2_000; // of the page's own script, which may call `configure` late

/** @typedef {"loading" | "in-stock" | "low-stock" | "out-of-stock" | "unavailable"} Status */

export class StockStatus extends HTMLElement {
  static observedAttributes = ["product-id", "for", "api-url", "api-key", "announce", ...TEXT_ATTRIBUTES];

  #text = make("span", { part: "text" });
  #announcement = make("span", { part: "announcement", role: "status" });
  /** @type {Reading | null} */
  #reading = null;
  /** What the shopper knows: the text that was shown first, or announced last. */
  #known = "";
  #watched = "";
  #stop = () => {};
  /** @type {Element | null} */
  #button = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #unconfigured;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [stockSheet];
    const mark = make("span", { part: "mark", "aria-hidden": "true" });
    this.#text.append(make("slot"));
    shadow.append(make("span", { part: "status" }, mark, this.#text), this.#announcement);
  }

  get productId() {
    return this.getAttribute("product-id") ?? "";
  }

  set productId(id) {
    this.setAttribute("product-id", id);
  }

  /** What was read last. */
  get reading() {
    return this.#reading;
  }

  connectedCallback() {
    users.add(this);
    this.#adoptProperty();
    this.refresh();
  }

  /** A framework may have set the property before this module was loaded. */
  #adoptProperty() {
    if (!Object.hasOwn(this, "productId")) return;
    const id = this.productId;
    Reflect.deleteProperty(this, "productId");
    this.productId = id;
  }

  disconnectedCallback() {
    users.delete(this);
    clearTimeout(this.#unconfigured);
    unannounce(this.#announcement);
    this.#unwatch();
    setSoldOut(this.#button, this, false);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.refresh();
  }

  /** Follow the product and the settings that hold now. */
  refresh() {
    const settings = settingsOf(this);
    const client = liveStock(settings);
    clearTimeout(this.#unconfigured);
    if (!client) {
      this.#unconfigured = setTimeout(() => this.#giveUp(), SETTINGS_WITHIN_MS);
      return;
    }
    const watched = JSON.stringify([this.productId, settings.apiUrl, settings.apiKey]);
    if (watched === this.#watched) return this.#render();
    this.#unwatch();
    this.#watched = watched;
    this.#known = "";
    this.#render();
    this.#stop = client.watch(this.productId, (reading) => this.#read(reading));
  }

  #unwatch() {
    this.#stop();
    this.#stop = () => {};
    this.#watched = "";
    this.#reading = null;
  }

  #giveUp() {
    warnOnce("<stock-status> has no api-url and api-key. Add <inventory-settings>, or call configure().");
    this.#read({ productId: this.productId, stock: null, problem: "ACCESS_DENIED" });
  }

  /** @param {Reading} reading */
  #read(reading) {
    if (reading.problem === "UNKNOWN_PRODUCT")
      warnOnce(`<stock-status>: there is no product ${JSON.stringify(reading.productId)}.`);
    this.#reading = reading;
    this.#render();
    this.dispatchEvent(
      new CustomEvent("stock-change", { bubbles: true, composed: true, detail: { ...reading, status: this.status } }),
    );
  }

  /** @returns {Status} */
  get status() {
    if (!this.#reading) return "loading";
    const { stock, problem } = this.#reading;
    if (problem || !stock) return "unavailable";
    if (stock.available === 0) return "out-of-stock";
    return stock.status === "LOW_STOCK" ? "low-stock" : "in-stock";
  }

  #render() {
    const { status } = this;
    if (this.getAttribute("status") !== status) this.setAttribute("status", status);
    const text = this.#textOf(status);
    if (status === "loading" && !text) this.#text.replaceChildren(make("slot"));
    else if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#disableButton(status);
    this.#announce(status, text);
  }

  /** @param {Status} status */
  #textOf(status) {
    const stock = this.#reading?.stock;
    const key = status.replaceAll("-", "_") + (status === "low-stock" && stock?.capped ? "_capped" : "");
    return textOf(this, settingsOf(this).texts, key, stock ? { available: stock.available, name: stock.name } : {});
  }

  /** What cannot be read says nothing about the button: the checkout decides. @param {Status} status */
  #disableButton(status) {
    const id = this.getAttribute("for");
    const root = /** @type {Document | ShadowRoot} */ (this.getRootNode());
    const button = id ? (root.getElementById?.(id) ?? document.getElementById(id)) : null;
    if (button !== this.#button) setSoldOut(this.#button, this, false);
    this.#button = button;
    if (status === "out-of-stock") setSoldOut(button, this, true);
    else if (this.#reading && !this.#reading.problem) setSoldOut(button, this, false);
  }

  /**
   * @param {Status} status
   * @param {string} text
   */
  #announce(status, text) {
    if (status === "loading" || status === "unavailable") return;
    const settings = settingsOf(this);
    if (!this.#known || settings.announce === "off") this.#known = text;
    if (text === this.#known) return unannounce(this.#announcement);
    const name = this.#reading?.stock?.name ?? "";
    announce(
      this.#announcement,
      textOf(this, settings.texts, "announcement", { name, text }),
      () => (this.#known = text),
    );
  }
}
