/**
 * @typedef {object} ConnectionEvents
 * @property {() => void} opened
 * @property {(channel: string) => void} subscribed
 * @property {(channel: string, content: unknown) => void} received
 * @property {(wasKeyRefused: boolean) => void} closed at most once, and never after `close()`
 */
export class Connection {
    /**
     * @param {LiveStockAccess} access
     * @param {object} environment
     * @param {typeof globalThis.WebSocket} environment.WebSocket
     * @param {Clock} environment.clock
     * @param {ConnectionEvents} on
     */
    constructor(access: LiveStockAccess, { WebSocket, clock }: {
        WebSocket: typeof globalThis.WebSocket;
        clock: Clock;
    }, on: ConnectionEvents);
    isOpen: boolean;
    /**
     * Subscribe to a channel, once the connection is open. A channel beyond the limit of one connection is left out.
     * @param {string} channel
     */
    subscribe(channel: string): void;
    /** @param {string} channel */
    unsubscribe(channel: string): void;
    /** @param {string | undefined} channel */
    isSubscribed(channel: string | undefined): boolean;
    close(): void;
    #private;
}
export type ConnectionEvents = {
    opened: () => void;
    subscribed: (channel: string) => void;
    received: (channel: string, content: unknown) => void;
    /**
     * at most once, and never after `close()`
     */
    closed: (wasKeyRefused: boolean) => void;
};
import type { LiveStockAccess } from "../storefront.js";
import type { Clock } from "./clock.js";
