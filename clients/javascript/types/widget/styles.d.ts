/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export function make(tag: string, attributes?: Record<string, string>, ...children: (Node | string)[]): HTMLElement;
export const stockSheet: CSSStyleSheet;
export const countdownSheet: CSSStyleSheet;
