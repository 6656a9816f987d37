/**
 * What an identifier and a text may contain: the same rules as functions/inventory/identifiers.py.
 *
 * api/limits.test.ts compares the two.
 */

// Control, format (zero width, text direction, joiners), surrogate, private-use, line and paragraph separators, and
// noncharacters: nobody can see or type them, so two ids would look the same.
export const REFUSED_CATEGORIES = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}`;
const REFUSED = new RegExp(String.raw`[${REFUSED_CATEGORIES}\p{Noncharacter_Code_Point}]`, "u");

/** The longest product id, warehouse id, order id or reference. */
export const IDENTIFIER_LENGTH_MAX = 128;

/** An identifier or a text as the API stores it: in NFC, without spaces around it. */
export function normalized(typed: string): string {
  return typed.trim().normalize("NFC");
}

/** Whether the API accepts a normalized identifier. */
export function isIdentifier(identifier: string): boolean {
  const isNormal = identifier === normalized(identifier);
  return isNormal && hasLength(identifier, IDENTIFIER_LENGTH_MAX) && refusedCharacter(identifier) === null;
}

/** Whether a text has at least one character and at most `max`. An emoji is one character, as the API counts. */
export function hasLength(text: string, max: number): boolean {
  return text !== "" && Array.from(text).length <= max;
}

/** Whether a text is there, but has fewer than `min` characters without the spaces around it. */
export function isTooShort(text: string, min: number): boolean {
  const length = Array.from(normalized(text)).length;
  return length > 0 && length < min;
}

/** The beginning of a text, without cutting a character in two. */
export function cutTo(text: string, max: number): string {
  return Array.from(text).slice(0, max).join("");
}

/** The first character that no identifier or text may contain, as "U+200B"; null if there is none. */
export function refusedCharacter(text: string): string | null {
  const code = REFUSED.exec(text)?.[0].codePointAt(0);
  return code === undefined ? null : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
