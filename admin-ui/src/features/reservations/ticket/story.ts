import type {
  ExecutionDetails,
  FailedReservation,
  ReservationDetails,
  TimelineEntry,
  TimelineSubject,
} from "@/api/types";
import { redacted } from "./redact";

/** A longer text is cut. Its beginning says what is wrong. */
const TEXT_MAX = 20_000;

/**
 * Everything that is known of a reservation or a failed order, as text for a ticket. Customers and payments are shortened;
 * there is no token in it.
 *
 * @param execution null if it could not be read
 */
export function storyOf(found: ReservationDetails | FailedReservation, execution: ExecutionDetails | null): string {
  const story = redacted({
    ...found,
    execution: execution ?? "could not be read",
  });
  const { history, execution: details, ...facts } = story as Record<string, unknown>;
  const whole = [
    section(`Reservation ${String(facts["reservation_id"])}`, facts),
    section("Timeline (UTC)", linesOf(history)),
    section("Execution", details),
  ].join("\n\n");
  return whole.length > TEXT_MAX ? `${whole.slice(0, TEXT_MAX)}…\n\n(cut after ${TEXT_MAX} characters)` : whole;
}

/**
 * What happened to an order or a customer as text for a ticket, the newest first.
 *
 * @param isComplete whether the entries are all that there are
 */
export function timelineStoryOf(
  subject: TimelineSubject,
  entries: readonly TimelineEntry[],
  isComplete: boolean,
): string {
  const story = redacted({ ...subject, entries }) as Partial<Record<string, string>> & { entries: readonly object[] };
  const of = "order_id" in subject ? `order ${story["order_id"] ?? ""}` : `customer ${story["customer_id"] ?? ""}`;
  const lines = story.entries.map((entry) => {
    const { at, kind, reservation_id, ...details } = entry as Record<string, unknown>;
    return `${String(at)} ${String(kind)} of ${String(reservation_id)}\n${indented(textOf(details))}`;
  });
  const more = isComplete ? [] : ["(older entries were not loaded)"];
  return section(`Timeline of ${of} (UTC, the newest first)`, [...lines, ...more].join("\n")).slice(0, TEXT_MAX);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function section(title: string, content: unknown): string {
  return `## ${title}\n${textOf(content)}`;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (typeof content !== "object" || content === null) return String(content);
  return Object.entries(content)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

function linesOf(history: unknown): string {
  const visits = history as ReservationDetails["history"];
  if (visits.length === 0) return "no history available";
  return visits
    .map(({ state, entered_at, left_at }) => `${entered_at} ${state}${left_at === null ? " (not left)" : ""}`)
    .join("\n");
}
