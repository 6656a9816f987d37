/** The style sheets of the elements. A content security policy that forbids inline styles allows constructed ones. */

// `light-dark()` follows the color-scheme of the page around, not the wish of a shopper that the page ignores.
const SHARED = `
:host { display: inline-block; }
:host([hidden]) { display: none; }
[part=announcement] { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }`;

const STOCK = `
:host { --_in: #1a6b35; --_low: #8a4b00; --_out: #b3261e; --_none: #595959; position: relative; }
@supports (color: light-dark(red, red)) {
  :host { --_in: light-dark(#1a6b35, #7fd49a); --_low: light-dark(#8a4b00, #ffb95c); --_out: light-dark(#b3261e, #ffb4ab); --_none: light-dark(#595959, #c2c2c2); }
}
[part~=status] { display: inline-flex; align-items: baseline; gap: var(--inventory-gap, .45em); color: var(--_color); font-weight: var(--inventory-font-weight, inherit); }
[part=mark] { flex: none; width: var(--inventory-mark-size, .6em); height: var(--inventory-mark-size, .6em); border-radius: 50%; background: currentColor; }
:host(:not([status])) [part=mark], :host([status=loading]) [part=mark] { visibility: hidden; }
:host { --_color: var(--inventory-unavailable-color, var(--_none)); }
:host([status=loading]) { --_color: inherit; }
:host([status=in-stock]) { --_color: var(--inventory-in-stock-color, var(--_in)); }
:host([status=low-stock]) { --_color: var(--inventory-low-stock-color, var(--_low)); }
:host([status=out-of-stock]) { --_color: var(--inventory-out-of-stock-color, var(--_out)); }
@media (forced-colors: active) { [part=mark] { background: CanvasText; } }`;

const COUNTDOWN = `
:host { position: relative; font-variant-numeric: tabular-nums; color: var(--inventory-countdown-color, inherit); }
:host([status=ended]) { color: var(--inventory-ended-color, inherit); }`;

/** @param {string} css */
function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHARED + css);
  return sheet;
}

export const stockSheet = sheetOf(STOCK);
export const countdownSheet = sheetOf(COUNTDOWN);
