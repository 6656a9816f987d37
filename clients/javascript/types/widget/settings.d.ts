/**
 * Set what all elements of the page use, unless an `<inventory-settings>` or their own attributes say otherwise.
 * @param {Settings} settings
 */
export function configure(settings: Settings): void;
/**
 * The live client of an API: the one that the elements use, so that a page has one connection.
 * @param {Settings} [settings]
 * @returns {LiveStock | null} null while the API or its key is not known
 */
export function liveStock({ apiUrl, apiKey }?: Settings): LiveStock | null;
/**
 * Own attributes come before those of the settings around the element, of the page's settings, and of `configure`.
 * @param {Element} element
 * @returns {Settings & { texts: Record<string, Text> }}
 */
export function settingsOf(element: Element): Settings & {
    texts: Record<string, Text>;
};
/** @param {string} message */
export function warnOnce(message: string): void;
/** Elements that want to know of new settings. @type {Set<{ refresh(): void }>} */
export const users: Set<{
    refresh(): void;
}>;
export class InventorySettings extends HTMLElement {
    static observedAttributes: string[];
    connectedCallback(): void;
    attributeChangedCallback(): void;
}
export type Settings = {
    /**
     * the API's URL with its stage
     */
    apiUrl?: string | undefined;
    /**
     * the storefront's API key
     */
    apiKey?: string | undefined;
    texts?: Record<string, Text> | undefined;
    /**
     * whether changes are read aloud
     */
    announce?: "changes" | "off" | undefined;
};
import { LiveStock } from "../live.js";
import type { Text } from "./texts.js";
