import type { StepsProps } from "@cloudscape-design/components/steps";

import type { ReservationDetails } from "@/api/types";

/** A state of the workflow, and when the execution was in it. */
export type StateVisit = ReservationDetails["history"][number];

/** A change of the lines while they were held. The execution knows nothing of it. */
export type LinesChange = ReservationDetails["changes"][number];

/** Something that happened to a reservation. */
export type TimelineEvent = { visit: StateVisit } | { change: LinesChange };

/** The visits of states in their order, and each change behind the visits that began before it. */
export function eventsOf({ history, changes }: Pick<ReservationDetails, "history" | "changes">): TimelineEvent[] {
  const isBefore = (visit: StateVisit, change: LinesChange) => Date.parse(visit.entered_at) <= Date.parse(change.at);
  const events: TimelineEvent[] = [];
  let position = 0;
  for (const visit of history) {
    for (let change = changes[position]; change && !isBefore(visit, change); change = changes[position]) {
      events.push({ change });
      position += 1;
    }
    events.push({ visit });
  }
  return [...events, ...changes.slice(position).map((change) => ({ change }))];
}

/** The states of statemachines/reservation.asl.yaml. The page has a text for each. */
export const STATES = [
  "ReserveStock",
  "IsStockReserved",
  "AwaitPayment",
  "CommitStock",
  "AlertLowStock",
  "PublishLowStock",
  "SettleAlert",
  "AlertDelayed",
  "ReleaseStock",
  "RouteOutcome",
  "ReservationReleased",
  "ReservationRescued",
  "ReservationRejected",
  "InvalidReservation",
  "ReservationConflict",
  "ReservationNeedsAttention",
  "CommitNeedsAttention",
  "ReleaseNeedsAttention",
] as const;

const NEEDS_ATTENTION = ["ReservationNeedsAttention", "CommitNeedsAttention", "ReleaseNeedsAttention"] as const;
const FAILURES: readonly string[] = [...NEEDS_ATTENTION, "InvalidReservation", "ReservationConflict"];
const WITHOUT_A_SALE: readonly string[] = ["ReservationReleased", "ReservationRejected"];

/** The state with this name; undefined if it is newer than the page. */
export function knownState(name: string): (typeof STATES)[number] | undefined {
  return STATES.find((state) => state === name);
}

/** The state in which the workflow failed and needs an operator; undefined if it did not fail. */
export function failureOf(history: readonly StateVisit[]): (typeof NEEDS_ATTENTION)[number] | undefined {
  return NEEDS_ATTENTION.find((failure) => history.some(({ state }) => state === failure));
}

/** The wait for the payment that ended last; undefined while it lasts. */
export function endedWaitOf(history: readonly StateVisit[]): StateVisit | undefined {
  const wait = history.findLast(({ state }) => state === "AwaitPayment");
  return wait?.left_at === null ? undefined : wait;
}

/** The status of a step; `stopped` when the workflow ended in it without a sale. */
export function stepStatus({
  state,
  left_at,
}: StateVisit): Extract<StepsProps.Status, "success" | "error" | "stopped" | "in-progress"> {
  if (FAILURES.includes(state)) return "error"; // the execution ends in this state
  if (WITHOUT_A_SALE.includes(state)) return "stopped";
  return left_at === null ? "in-progress" : "success";
}

/** How long the execution was in a state, or has been until now, in milliseconds. */
export function durationMs({ entered_at, left_at }: StateVisit, nowMs: number): number {
  return (left_at === null ? nowMs : new Date(left_at).getTime()) - new Date(entered_at).getTime();
}

/** Whether a late payment changed the reservation after the workflow had ended. */
export function hasLatePayment({ status, rescued, decided_at }: ReservationDetails): boolean {
  return decided_at !== null && (rescued || status === "UNFULFILLED");
}
