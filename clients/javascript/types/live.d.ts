/** @typedef {"idle" | "live" | "polling" | "paused" | "stopped"} ConnectionState */
export class LiveStock {
    /**
     * @param {object} options
     * @param {string} options.apiUrl the API's URL with its stage
     * @param {string} options.apiKey the storefront's API key
     * @param {number} [options.pollSeconds] how often products are read while there is no connection
     * @param {number} [options.refreshSeconds] how often they are read while there is one: a push may be lost
     * @param {number} [options.staleSeconds] how long a stock counts that cannot be confirmed
     * @param {(state: ConnectionState) => void} [options.onConnection]
     * @param {typeof globalThis.fetch} [options.fetch]
     * @param {typeof globalThis.WebSocket} [options.WebSocket]
     * @param {Clock} [options.clock]
     * @param {PageLife} [options.page]
     */
    constructor({ apiUrl, apiKey, fetch, WebSocket, clock, page, ...rest }: {
        apiUrl: string;
        apiKey: string;
        pollSeconds?: number | undefined;
        refreshSeconds?: number | undefined;
        staleSeconds?: number | undefined;
        onConnection?: ((state: ConnectionState) => void) | undefined;
        fetch?: typeof globalThis.fetch | undefined;
        WebSocket?: {
            new (url: string | URL, protocols?: string | string[]): WebSocket;
            prototype: WebSocket;
            readonly CONNECTING: 0;
            readonly OPEN: 1;
            readonly CLOSING: 2;
            readonly CLOSED: 3;
        } | undefined;
        clock?: Clock | undefined;
        page?: PageLife | undefined;
    });
    /** How changes are seen at the moment. */
    get connection(): ConnectionState;
    /**
     * Call back with the stock of a product, and again whenever it changes.
     * @param {string} productId
     * @param {Listener} listener
     * @returns {() => void} stops it
     */
    watch(productId: string, listener: Listener): () => void;
    /** Read all products now. */
    refresh(): void;
    /** Stop for good. */
    close(): void;
    #private;
}
export type ConnectionState = "idle" | "live" | "polling" | "paused" | "stopped";
import type { Listener } from "./live/product.js";
import type { Clock } from "./live/clock.js";
import type { PageLife } from "./live/page.js";
