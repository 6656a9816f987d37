/** A time that is left, to be shown and to be read aloud. */

const DAY = 86_400;

/**
 * 4:05, 1:04:05, and days from two of them on.
 * @param {number} seconds
 * @param {string} language
 */
export function shown(seconds, language) {
  if (seconds >= 2 * DAY) return unit(seconds / DAY, "day", language);
  const minutes = Math.floor(seconds / 60);
  const rest = twoDigits(seconds % 60);
  return seconds < 3_600 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${twoDigits(minutes % 60)}:${rest}`;
}

/**
 * @param {number} seconds
 * @param {string} language
 */
export function spoken(seconds, language) {
  if (seconds >= DAY) return unit(seconds / DAY, "day", language);
  if (seconds >= 3_600) return unit(seconds / 3_600, "hour", language);
  return seconds >= 60 ? unit(seconds / 60, "minute", language) : unit(seconds, "second", language);
}

/** @param {number} value */
function twoDigits(value) {
  return String(value).padStart(2, "0");
}

/**
 * @param {number} value
 * @param {string} name
 * @param {string} language
 */
function unit(value, name, language) {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(Math.floor(value));
}
