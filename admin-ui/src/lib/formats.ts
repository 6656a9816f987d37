/** Formats of times and numbers. They follow the browser's locale, which can differ from the language of the texts. */

const locale = (): string => navigator.language;

/** 12345 as "12,345". */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** 2.357 as "2.4". */
export function formatDecimal(value: number): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 1 }).format(value);
}

/** A whole number for an axis, which shows nothing for a fraction. */
export function formatWholeNumber(value: number): string {
  return Number.isInteger(value) ? formatNumber(value) : "";
}

/** 3 as "+3", -2 as "-2", 0 as "0". */
export function formatDelta(value: number): string {
  return new Intl.NumberFormat(locale(), { signDisplay: "exceptZero" }).format(value);
}

/** "22 Nov 2026, 11:15:00" in the user's time zone. */
export function formatDateTime(time: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium" }).format(time);
}

/** "22 Nov 2026" in the user's time zone. */
export function formatDate(time: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(time);
}

/** "11:15:00" in the user's time zone. */
export function formatClock(time: Date): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(time);
}

/** "11:00" in the user's time zone. */
export function formatHour(time: Date): string {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit" }).format(time);
}

/** "2026-11-22 10:15:00 UTC", as in logs and the AWS console. */
export function formatUtc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const RELATIVE_UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "5 minutes ago", "in 40 seconds". */
export function formatRelative(time: Date, now: Date): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const [unit, size] = RELATIVE_UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}
