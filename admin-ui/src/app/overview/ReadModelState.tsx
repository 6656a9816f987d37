import type { ReadModel } from "@/api/types";
import { text } from "@/i18n/text";
import { formatClock } from "@/lib/formats";

/** Until when the figures and lists follow the tables. */
export function ReadModelState({ state: { state, followed_until } }: { state: ReadModel }) {
  if (state === "MISSING" || followed_until === null) return null; // a notice says so
  return text("read_model.followed_until", { time: formatClock(new Date(followed_until)) });
}
