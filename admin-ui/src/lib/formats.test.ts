import { beforeEach, expect, test, vi } from "vitest";

import { formatDate, formatDelta, formatNumber, formatRelative, formatUtc, formatWholeNumber } from "./formats";

function inLocale(locale: string) {
  vi.spyOn(navigator, "language", "get").mockReturnValue(locale);
}

beforeEach(() => {
  inLocale("en-US");
});

test("numbers follow the locale of the browser", () => {
  expect(formatNumber(1234567)).toBe("1,234,567");
  inLocale("de-DE");
  expect(formatNumber(1234567)).toBe("1.234.567");
});

test("a delta has its sign, and zero has none", () => {
  expect([3, -2, 0].map(formatDelta)).toEqual(["+3", "-2", "0"]);
});

test("an axis shows whole numbers only", () => {
  expect([1_000, 0.5].map(formatWholeNumber)).toEqual(["1,000", ""]);
});

test("a date has no time and follows the locale", () => {
  expect(formatDate(new Date("2026-11-22T10:15:00Z"))).toBe("Nov 22, 2026");
  inLocale("en-GB");
  expect(formatDate(new Date("2026-11-22T10:15:00Z"))).toBe("22 Nov 2026");
});

test("a UTC time has the format of the logs", () => {
  expect(formatUtc(new Date("2026-11-22T10:15:00.123Z"))).toBe("2026-11-22 10:15:00 UTC");
});

test.each([
  ["2026-11-22T10:14:18Z", "42 seconds ago"],
  ["2026-11-22T10:16:30Z", "in 1 minute"],
  ["2026-11-22T07:20:00Z", "2 hours ago"],
  ["2026-11-19T10:15:00Z", "3 days ago"],
  ["2026-11-22T10:15:00Z", "now"],
])("%s is %s", (time, expected) => {
  expect(formatRelative(new Date(time), new Date("2026-11-22T10:15:00Z"))).toBe(expected);
});
