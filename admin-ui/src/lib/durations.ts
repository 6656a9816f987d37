const unit = (value: number, name: string, maximumFractionDigits = 0): string =>
  new Intl.NumberFormat(navigator.language, {
    style: "unit",
    unit: name,
    unitDisplay: "short",
    maximumFractionDigits,
  }).format(value);

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** A duration in its two largest units: "110 ms", "4.2 sec", "4 min, 32 sec", "3 days, 4 hr". */
export function formatDuration(milliseconds: number): string {
  const passed = Math.max(0, milliseconds);
  if (passed < 1_000) return unit(passed, "millisecond");
  if (passed < 10_000) return unit(passed / 1_000, "second", 1);
  const seconds = Math.round(passed / 1_000);
  if (seconds < MINUTE_SECONDS) return unit(seconds, "second");
  if (seconds < HOUR_SECONDS) {
    return inTwo(Math.floor(seconds / MINUTE_SECONDS), "minute", seconds % MINUTE_SECONDS, "second");
  }
  const minutes = Math.round(seconds / MINUTE_SECONDS);
  if (minutes * MINUTE_SECONDS < DAY_SECONDS) {
    return inTwo(Math.floor(minutes / MINUTE_SECONDS), "hour", minutes % MINUTE_SECONDS, "minute");
  }
  const hours = Math.round(seconds / HOUR_SECONDS);
  return inTwo(Math.floor(hours / 24), "day", hours % 24, "hour");
}

function inTwo(large: number, largeName: string, small: number, smallName: string): string {
  const parts = small === 0 ? [unit(large, largeName)] : [unit(large, largeName), unit(small, smallName)];
  return new Intl.ListFormat(navigator.language, { type: "unit" }).format(parts);
}

/** The remaining time as a countdown: "4:32", "1:02:03"; from a day on in days, "3 days, 4 hr". */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  if (seconds >= DAY_SECONDS) return formatDuration(seconds * 1_000);
  const [hours, minutes] = [Math.floor(seconds / HOUR_SECONDS), Math.floor((seconds % HOUR_SECONDS) / MINUTE_SECONDS)];
  const parts = hours > 0 ? [hours, minutes, seconds % MINUTE_SECONDS] : [minutes, seconds % MINUTE_SECONDS];
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
