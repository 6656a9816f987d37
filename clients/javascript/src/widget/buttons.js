/** Add-to-cart buttons that are disabled while a product is sold out. */

/** The elements that keep a button disabled. @type {WeakMap<Element, Set<object>>} */
const reasons = new WeakMap();

/**
 * Disable a button for a reason, or withdraw that reason. A button that was disabled by others stays so.
 * @param {Element | null} button
 * @param {object} reason
 * @param {boolean} isSoldOut
 */
export function setSoldOut(button, reason, isSoldOut) {
  if (!button) return;
  const known = reasons.get(button);
  if (isSoldOut) {
    if (known) known.add(reason);
    else if (!button.hasAttribute("disabled")) {
      reasons.set(button, new Set([reason]));
      button.setAttribute("disabled", "");
    }
  } else if (known?.delete(reason) && known.size === 0) {
    reasons.delete(button);
    button.removeAttribute("disabled");
  }
}
