/** Time that moves only when a test says so. */

/** @import { Clock } from "../../src/live/clock.js" */

/** @implements {Clock} */
export class FakeClock {
  #now = Date.parse("2026-11-26T12:00:00Z");
  #lastTimer = 0;
  /** @type {Map<number, { at: number, run: () => void }>} */
  #timers = new Map();
  /** What `random` answers: the middle, unless a test wants another chance. */
  chance = 0.5;

  now = () => this.#now;
  random = () => this.chance;

  /** @type {Clock["setTimeout"]} */
  setTimeout = (run, ms) => {
    this.#lastTimer += 1;
    this.#timers.set(this.#lastTimer, { at: this.#now + ms, run });
    return this.#lastTimer;
  };

  /** @type {Clock["clearTimeout"]} */
  clearTimeout = (timer) => void this.#timers.delete(timer);

  get timers() {
    return this.#timers.size;
  }

  /** Let seconds pass, with everything that is due in them. @param {number} seconds */
  async pass(seconds) {
    const until = this.#now + seconds * 1_000;
    await settled();
    for (let next = this.#next(until); next; next = this.#next(until)) {
      const [timer, { at, run }] = next;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      run();
      await settled();
    }
    this.#now = until;
  }

  /** The machine sleeps: time passes, and nothing that was due is done before it wakes. @param {number} seconds */
  async sleep(seconds) {
    this.#now += seconds * 1_000;
    await this.pass(0);
  }

  /** @param {number} until */
  #next(until) {
    const due = [...this.#timers].filter(([, { at }]) => at <= until);
    return due.sort(([, one], [, other]) => one.at - other.at)[0];
  }
}

/** Everything that waits for no time is done. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
