/** What an id of a product may be, so that no request is made for one that cannot exist. */

const LENGTH_MAX = 128;
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;

/**
 * The id as the API compares it, or null if no product can have it.
 * @param {string} text
 */
export function readIdentifier(text) {
  if (text.length > 8 * LENGTH_MAX) return null;
  const normal = text.normalize("NFC");
  const isPossible =
    normal === normal.trim() && !NOT_PRINTABLE.test(normal) && normal && [...normal].length <= LENGTH_MAX;
  return isPossible ? normal : null;
}
