/** Limits of the API. limits.test.ts compares them with openapi.yaml and the functions. */

/** The largest number of units that a level can have. */
export const UNITS_MAX = 1_000_000_000;
/** The longest reason, name or category. */
export const TEXT_LENGTH_MAX = 200;
/** The longest id of another system, such as a delivery's. */
export const REFERENCE_LENGTH_MAX = 128;
/** The form of a product id or warehouse id. */
export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
/** The largest import. */
export const FILE_BYTES_MAX = 4_500_000;
