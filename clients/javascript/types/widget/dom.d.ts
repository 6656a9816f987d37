/** Makes elements without markup, which a policy of trusted types forbids. */
/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export function make(tag: string, attributes?: Record<string, string>, ...children: (Node | string)[]): HTMLElement;
