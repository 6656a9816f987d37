/** Time and chance, which a test replaces. */

/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds since 1970
 * @property {(run: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random
 */

/** @type {Clock} */
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  random: Math.random,
};

/** One thing that will be done later; another time for it replaces the first. */
export class Alarm {
  #clock;
  #run;
  /** @type {any} */
  #timer = null;
  #at = Infinity;

  /**
   * @param {Clock} clock
   * @param {() => void} run
   */
  constructor(clock, run) {
    this.#clock = clock;
    this.#run = run;
  }

  get isSet() {
    return this.#timer !== null;
  }

  /** @param {number} ms */
  set(ms) {
    this.cancel();
    this.#at = this.#clock.now() + ms;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#run();
    }, ms);
  }

  /**
   * As `set`, unless it is set to an earlier time.
   * @param {number} ms
   */
  setEarlier(ms) {
    if (!this.isSet || this.#clock.now() + ms < this.#at) this.set(ms);
  }

  cancel() {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
