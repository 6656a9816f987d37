/**
 * `<hold-countdown held-until="…" server-time="…">` or `<hold-countdown src="/cart/hold">`: how long a hold lasts.
 *
 * It fires `hold-ended` once for each end. The shop's own backend answers `src` with
 * `{"held_until", "server_time", "status"}`; no API for browsers answers a reservation.
 */

import { backoffMs, jittered } from "../backoff.js";
import { announce } from "./announcer.js";
import { shown, spoken } from "./countdown-text.js";
import { ServerClock } from "./server-clock.js";
import { make } from "./dom.js";
import { settingsOf } from "./settings.js";
import { countdownSheet } from "./styles.js";
import { TEXT_ATTRIBUTES, languageOf, textOf } from "./texts.js";

const ANNOUNCED_SECONDS = [300, 60];
const REFRESH_SECONDS = 60;
const REFRESH_SECONDS_MIN = 5;
const STEP_MS_MAX = 60_000; // longer timers drift, and the longest of a browser are 24 days
const ANSWER_WITHIN_MS = 10_000;

export class HoldCountdown extends HTMLElement {
  static observedAttributes = ["held-until", "server-time", "src", ...TEXT_ATTRIBUTES];

  #text = make("span", { part: "text", role: "timer" });
  #announcement = make("span", { part: "announcement", role: "status" });
  #clock = new ServerClock();
  #heldUntil = NaN;
  /** The end for which the event was fired. */
  #endedFor = NaN;
  /** The end for which the backend was asked whether it moved. */
  #askedFor = NaN;
  #secondsLeft = Infinity;
  /** It ended before its time. */
  #isReleased = false;
  /** It is paid, or there is none. */
  #isSettled = false;
  #failures = 0;
  /** @type {AbortController | null} */
  #asking = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #step;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #nextAsk;
  #life = new AbortController();

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [countdownSheet];
    this.#text.append(make("slot"));
    shadow.append(this.#text, this.#announcement);
  }

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    document.addEventListener("visibilitychange", () => this.#wake(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#wake(), { signal });
    window.addEventListener("online", () => this.#wake(), { signal });
    void this.#ask();
    this.#tick();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.#asking?.abort();
    this.#asking = null;
    clearTimeout(this.#step);
    clearTimeout(this.#nextAsk);
  }

  /**
   * @param {string} name
   * @param {string | null} _before
   * @param {string | null} value
   */
  attributeChangedCallback(name, _before, value) {
    const time = Date.parse(value ?? "");
    if (name === "held-until") this.#hold(time);
    if (name === "server-time" && !Number.isNaN(time)) this.#clock.set(time);
    if (!this.isConnected) return;
    if (name === "src") void this.#ask();
    this.#tick();
  }

  /** Ask the backend now, for example after an extension in the page's own code. */
  refresh() {
    return this.#ask();
  }

  /** @param {number} heldUntil */
  #hold(heldUntil) {
    if (heldUntil !== this.#heldUntil) this.#secondsLeft = Infinity;
    this.#heldUntil = heldUntil;
    this.#isReleased = this.#isSettled = false;
  }

  #wake() {
    if (document.hidden) return;
    void this.#ask();
    this.#tick();
  }

  // --- counting

  #tick() {
    clearTimeout(this.#step);
    if (!this.isConnected) return;
    const leftMs = this.#heldUntil - this.#clock.now();
    if (this.#isSettled || Number.isNaN(leftMs)) return this.#show(this.#isSettled ? "settled" : "loading", "");
    if (leftMs <= 0 || this.#isReleased) return this.#end();
    const seconds = Math.ceil(leftMs / 1_000);
    this.#show("held", this.#textOf("held", shown(seconds, languageOf(this))));
    this.#announceAt(seconds);
    const toNextSecond = leftMs - (seconds - 1) * 1_000;
    this.#step = setTimeout(() => this.#tick(), Math.min(document.hidden ? leftMs : toNextSecond, STEP_MS_MAX));
  }

  #end() {
    if (this.hasAttribute("src")) {
      if (this.#asking) return; // its answer comes here again
      if (this.#askedFor !== this.#heldUntil) {
        this.#askedFor = this.#heldUntil;
        return void this.#ask(); // it may have been extended elsewhere
      }
    }
    const text = this.#textOf("hold_ended", "");
    this.#show("ended", text);
    if (this.#endedFor === this.#heldUntil) return;
    this.#endedFor = this.#heldUntil;
    if (settingsOf(this).announce !== "off") announce(this.#announcement, text);
    const detail = { heldUntil: new Date(this.#heldUntil).toISOString() };
    this.dispatchEvent(new CustomEvent("hold-ended", { bubbles: true, composed: true, detail }));
  }

  /**
   * @param {string} status
   * @param {string} text
   */
  #show(status, text) {
    if (this.getAttribute("status") !== status) this.setAttribute("status", status);
    if (status === "loading") this.#text.replaceChildren(make("slot"));
    else if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  /** @param {number} seconds */
  #announceAt(seconds) {
    const isPassed = ANNOUNCED_SECONDS.some((limit) => this.#secondsLeft > limit && seconds <= limit);
    const isFirst = this.#secondsLeft === Infinity;
    this.#secondsLeft = seconds;
    if (!isPassed || isFirst || settingsOf(this).announce === "off") return;
    announce(this.#announcement, this.#textOf("held", spoken(seconds, languageOf(this))));
  }

  /**
   * @param {string} key
   * @param {string} time
   */
  #textOf(key, time) {
    return textOf(this, settingsOf(this).texts, key, { time });
  }

  // --- the shop's backend

  /** Ask it, after a change of the page or in a while; a later question replaces an earlier one. */
  async #ask() {
    const src = this.getAttribute("src");
    clearTimeout(this.#nextAsk);
    if (!src || !this.isConnected) return;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const patience = setTimeout(() => asking.abort(), ANSWER_WITHIN_MS);
    const answer = await fetchHold(src, asking.signal);
    clearTimeout(patience);
    if (this.#asking !== asking) return; // replaced, or the element is gone
    this.#asking = null;
    this.#failures = answer ? 0 : this.#failures + 1;
    if (answer) this.#accept(answer);
    this.#askLater();
    this.#tick();
  }

  /** @param {{ held_until?: string | null, server_time?: string, status?: string, receivedFor: number }} answer */
  #accept({ held_until, server_time, status = "HELD", receivedFor }) {
    const serverTime = Date.parse(server_time ?? "");
    if (!Number.isNaN(serverTime)) this.#clock.set(serverTime + receivedFor / 2);
    const heldUntil = Date.parse(held_until ?? "");
    this.#hold(heldUntil);
    this.#isReleased = status === "RELEASED" && !Number.isNaN(heldUntil);
    this.#isSettled = !this.#isReleased && (status !== "HELD" || Number.isNaN(heldUntil));
    if (this.#isReleased) this.#askedFor = heldUntil;
  }

  #askLater() {
    if (this.#isSettled || document.hidden || this.#endedFor === this.#heldUntil) return;
    const refreshSeconds = Math.max(
      REFRESH_SECONDS_MIN,
      Number(this.getAttribute("refresh-seconds")) || REFRESH_SECONDS,
    );
    const ms = this.#failures
      ? jittered(backoffMs(this.#failures, { baseMs: 2_000, capMs: 300_000, random: () => 1 }), Math.random)
      : jittered(refreshSeconds * 1_000, Math.random);
    this.#nextAsk = setTimeout(() => void this.#ask(), ms);
  }
}

/**
 * The backend's answer, and how long it took; null if there is none.
 * @param {string} src
 * @param {AbortSignal} signal
 */
async function fetchHold(src, signal) {
  const asked = performance.now();
  try {
    const response = await fetch(src, { cache: "no-store", headers: { accept: "application/json" }, signal });
    const answer = response.ok ? await response.json() : null;
    return answer && { ...answer, receivedFor: performance.now() - asked };
  } catch {
    return null;
  }
}
