export class KeptConnection {
    /**
     * @param {object} environment
     * @param {Pick<StorefrontClient, "getLiveStock">} environment.storefront
     * @param {typeof globalThis.WebSocket | null | undefined} environment.WebSocket
     * @param {Clock} environment.clock
     * @param {Pick<ConnectionEvents, "opened" | "subscribed" | "received"> & { lost: () => void }} on
     */
    constructor({ storefront, WebSocket, clock }: {
        storefront: Pick<StorefrontClient, "getLiveStock">;
        WebSocket: typeof globalThis.WebSocket | null | undefined;
        clock: Clock;
    }, on: Pick<ConnectionEvents, "opened" | "subscribed" | "received"> & {
        lost: () => void;
    });
    /** Want a connection. It is opened now, unless the next attempt is planned already. */
    open(): void;
    /** Make no attempt for now, and keep the connection if there is one. */
    rest(): void;
    close(): void;
    /** Replace a connection that is probably dead, although nobody said so. @param {number} ms */
    reopen(ms: number): void;
    /** As `reopen`, when it will probably fail for a while. */
    reopenLater(): void;
    get isThere(): boolean;
    /** @param {string} channel */
    subscribe(channel: string): void;
    /** @param {string} channel */
    unsubscribe(channel: string): void;
    /** @param {string | undefined} channel */
    isSubscribed(channel: string | undefined): boolean;
    /** Ask for a new key if the present one comes to its end, and connect with it. */
    renewKey(): Promise<void>;
    #private;
}
import type { StorefrontClient } from "../storefront.js";
import type { Clock } from "./clock.js";
import type { ConnectionEvents } from "./connection.js";
