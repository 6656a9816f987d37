/**
 * The id as the API compares it, or null if no product can have it.
 * @param {string} text
 */
export function readIdentifier(text: string): string | null;
