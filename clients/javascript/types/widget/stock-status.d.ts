/** @typedef {"loading" | "in-stock" | "low-stock" | "out-of-stock" | "unavailable"} Status */
export class StockStatus extends HTMLElement {
    static observedAttributes: string[];
    set productId(id: string);
    get productId(): string;
    /** What was read last. */
    get reading(): Reading | null;
    connectedCallback(): void;
    disconnectedCallback(): void;
    attributeChangedCallback(): void;
    /** Follow the product and the settings that hold now. */
    refresh(): void;
    /** @returns {Status} */
    get status(): Status;
    #private;
}
export type Status = "loading" | "in-stock" | "low-stock" | "out-of-stock" | "unavailable";
import type { Reading } from "../live/product.js";
