/** Time and chance, which a test replaces. */
/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(run: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random
 */
/** @type {Clock} */
export const systemClock: Clock;
/** One thing that will be done later; another time for it replaces the first. */
export class Alarm {
    /**
     * @param {Clock} clock
     * @param {() => void} run
     */
    constructor(clock: Clock, run: () => void);
    get isSet(): boolean;
    /** @param {number} ms */
    set(ms: number): void;
    /**
     * As `set`, unless it is set to an earlier time.
     * @param {number} ms
     */
    setEarlier(ms: number): void;
    cancel(): void;
    #private;
}
export type Clock = {
    /**
     * milliseconds since 1970
     */
    now: () => number;
    setTimeout: (run: () => void, ms: number) => any;
    clearTimeout: (timer: any) => void;
    random: () => number;
};
