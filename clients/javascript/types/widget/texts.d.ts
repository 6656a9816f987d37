/**
 * A text with its values.
 * @param {Element} element its attribute `text-low-stock` replaces `low_stock`, `text-low-stock-one` its plural form
 * @param {Record<string, Text>} settings
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function textOf(element: Element, settings: Record<string, Text>, key: string, values?: Record<string, string | number>): string;
/**
 * The language of the part of the page in which the element is, for plural forms and numbers.
 * @param {Element} element
 */
export function languageOf(element: Element): string;
/** Every attribute that replaces a text. */
export const TEXT_ATTRIBUTES: string[];
/**
 * one text, or one for each plural form: { one, other }
 */
export type Text = string | Record<string, string>;
