/** A page that a test hides, shows and disconnects. */

/** @import { PageEvents, PageLife } from "../../src/live/page.js" */

/** @implements {PageLife} */
export class FakePage {
  #isHidden = false;
  /** @type {PageEvents | null} */
  on = null;

  isHidden = () => this.#isHidden;

  /** @param {PageEvents} on */
  listen = (on) => {
    this.on = on;
    return () => (this.on = null);
  };

  hide() {
    this.#isHidden = true;
    this.on?.hidden();
  }

  show() {
    this.#isHidden = false;
    this.on?.shown();
  }
}
