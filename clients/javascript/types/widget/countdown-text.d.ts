/**
 * 4:05, 1:04:05, and days from two of them on.
 * @param {number} seconds
 * @param {string} language
 */
export function shown(seconds: number, language: string): string;
/**
 * @param {number} seconds
 * @param {string} language
 */
export function spoken(seconds: number, language: string): string;
