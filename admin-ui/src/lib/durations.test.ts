import { expect, test } from "vitest";

import { formatCountdown, formatDuration } from "./durations";

test("a duration has its two largest units", () => {
  expect(formatDuration(110)).toBe("110 ms");
  expect(formatDuration(4_240)).toBe("4.2 sec");
  expect(formatDuration(42_400)).toBe("42 sec");
  expect(formatDuration(272_000)).toBe("4 min, 32 sec");
  expect(formatDuration(7_200_000)).toBe("2 hr");
  expect(formatDuration(3_599_600)).toBe("1 hr");
  expect(formatDuration(86_399_000)).toBe("1 day");
  expect(formatDuration(273_600_000)).toBe("3 days, 4 hr");
  expect(formatDuration(2_678_400_000)).toBe("31 days");
});

test("a negative duration, from two clocks that differ, is shown as zero", () => {
  expect(formatDuration(-5)).toBe("0 ms");
});

test("a countdown shows hours only when there are some", () => {
  expect(formatCountdown(272_000)).toBe("4:32");
  expect(formatCountdown(3_723_000)).toBe("1:02:03");
  expect(formatCountdown(9_000)).toBe("0:09");
});

test("a countdown of weeks shows days and hours", () => {
  expect(formatCountdown(86_399_000)).toBe("23:59:59");
  expect(formatCountdown(86_400_000)).toBe("1 day");
  expect(formatCountdown(2_678_400_000 - 3_600_000)).toBe("30 days, 23 hr");
});

test("a countdown reaches zero only when no time is left", () => {
  expect(formatCountdown(1)).toBe("0:01");
  expect(formatCountdown(0)).toBe("0:00");
  expect(formatCountdown(-5_000)).toBe("0:00");
});
