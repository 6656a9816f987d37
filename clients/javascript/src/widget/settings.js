/** What the elements of a page have in common: the API, its key, the texts. One live client for all with the same API. */

import { LiveStock } from "../live.js";

/** @import { Text } from "./texts.js" */

/**
 * @typedef {object} Settings
 * @property {string} [apiUrl] the API's URL with its stage
 * @property {string} [apiKey] the storefront's API key
 * @property {Record<string, Text>} [texts]
 * @property {"changes" | "off"} [announce] whether changes are read aloud
 */

/** @type {Settings} */
let configured = {};
/** @type {Map<string, LiveStock>} */
const clients = new Map();
/** Elements that want to know of new settings. @type {Set<{ refresh(): void }>} */
export const users = new Set();

/**
 * Set what all elements of the page use, unless an `<inventory-settings>` or their own attributes say otherwise.
 * @param {Settings} settings
 */
export function configure(settings) {
  configured = { ...configured, ...settings };
  for (const user of users) user.refresh();
}

/**
 * The live client of an API: the one that the elements use, so that a page has one connection.
 * @param {Settings} [settings]
 * @returns {LiveStock | null} null while the API or its key is not known
 */
export function liveStock({ apiUrl, apiKey } = settingsOf(document.documentElement)) {
  if (!apiUrl || !apiKey) return null;
  const name = JSON.stringify([apiUrl, apiKey]);
  const client = clients.get(name) ?? new LiveStock({ apiUrl, apiKey });
  clients.set(name, client);
  return client;
}

/**
 * Own attributes come before those of the settings around the element, of the page's settings, and of `configure`.
 * @param {Element} element
 * @returns {Settings & { texts: Record<string, Text> }}
 */
export function settingsOf(element) {
  const shared = element.closest("inventory-settings") ?? document.querySelector("inventory-settings");
  const texts = { ...configured.texts, ...(shared && textsIn(shared)) };
  return { ...configured, ...(shared && attributesOf(shared)), ...attributesOf(element), texts };
}

/** @param {Element} element */
function attributesOf(element) {
  const values = {
    apiUrl: element.getAttribute("api-url"),
    apiKey: element.getAttribute("api-key"),
    announce: element.getAttribute("announce"),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/**
 * The texts of the settings' `<script type="application/json">`: data, which a content security policy does not forbid.
 * @param {Element} settings
 * @returns {Record<string, Text>}
 */
function textsIn(settings) {
  const script = settings.querySelector('script[type="application/json"]');
  try {
    return script ? JSON.parse(script.textContent ?? "") : {};
  } catch (error) {
    warnOnce(`The texts in <inventory-settings> are not JSON: ${error}`);
    return {};
  }
}

/** @type {Set<string>} */
const warned = new Set();

/** @param {string} message */
export function warnOnce(message) {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(message);
}

export class InventorySettings extends HTMLElement {
  static observedAttributes = ["api-url", "api-key", "announce"];

  connectedCallback() {
    for (const user of users) user.refresh();
  }

  attributeChangedCallback() {
    // The URL and its key change together: nobody should use the new one with the old one.
    queueMicrotask(() => this.isConnected && this.connectedCallback());
  }
}
