/** The server's time, of which this machine knows what it was at one moment. */
export class ServerClock {
    /** @param {number} server what the server's clock shows now */
    set(server: number): void;
    /** While a machine sleeps, only its date goes on; when its date is set back, only its uptime does. */
    now(): number;
    #private;
}
