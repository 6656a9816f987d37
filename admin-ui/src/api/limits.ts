/** Limits of the API. limits.test.ts compares them with openapi.yaml and the functions. */

/** The largest number of units that a level can have. */
export const UNITS_MAX = 1_000_000_000;
/** The most shards that a level can be spread over. */
export const SHARDS_MAX = 32;
/** The longest reason, name or category. */
export const TEXT_LENGTH_MAX = 200;
/** The shortest search of the API. */
export const SEARCH_LENGTH_MIN = 2;
/** The largest file that the API takes itself. A larger one is uploaded to its storage. */
export const DIRECT_BYTES_MAX = 4_500_000;
/** The most rows of such a file. */
export const DIRECT_ROWS_MAX = 10_000;
/** The largest import, and its most rows. */
export const FILE_BYTES_MAX = 100_000_000;
export const ROWS_MAX = 1_000_000;
