/** What the API takes. Its document and its functions say the same: limits.test.ts compares. */

/** What a level may have at most. */
export const UNITS_MAX = 1_000_000_000;
/** How long a reason, a name or a category may be. */
export const TEXT_LENGTH_MAX = 200;
/** How long an id of another system may be. */
export const REFERENCE_LENGTH_MAX = 128;
/** What a product's or a warehouse's id is like. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
/** What an import may have at most. */
export const FILE_BYTES_MAX = 5_000_000;
