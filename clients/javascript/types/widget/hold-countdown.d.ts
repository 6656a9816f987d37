export class HoldCountdown extends HTMLElement {
    static observedAttributes: string[];
    connectedCallback(): void;
    disconnectedCallback(): void;
    /**
     * @param {string} name
     * @param {string | null} _before
     * @param {string | null} value
     */
    attributeChangedCallback(name: string, _before: string | null, value: string | null): void;
    /** Ask the backend now, for example after an extension in the page's own code. */
    refresh(): Promise<void>;
    #private;
}
