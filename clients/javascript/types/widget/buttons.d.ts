/**
 * Disable a button for a reason, or withdraw that reason. A button that was disabled by others stays so.
 * @param {Element | null} button
 * @param {object} reason
 * @param {boolean} isSoldOut
 */
export function setSoldOut(button: Element | null, reason: object, isSoldOut: boolean): void;
