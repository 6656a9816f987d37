import type { StepsProps } from "@cloudscape-design/components/steps";

import type { ReservationStory } from "@/api/types";

export type Visit = ReservationStory["history"][number];

/** The states of the workflow, as in statemachines/reservation.asl.yaml, that the page has words for. */
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

const FAULTS = ["ReservationNeedsAttention", "CommitNeedsAttention", "ReleaseNeedsAttention"] as const;
const FAILURES: readonly string[] = [...FAULTS, "InvalidReservation", "ReservationConflict"];
const WITHOUT_A_SALE: readonly string[] = ["ReservationReleased", "ReservationRejected"];

/** A state by a name that the page knows; undefined for one that came later. */
export function knownState(name: string): (typeof STATES)[number] | undefined {
  return STATES.find((state) => state === name);
}

/** Where the workflow gave up, so that somebody must look; undefined when it did not. */
export function faultOf(history: readonly Visit[]): (typeof FAULTS)[number] | undefined {
  return FAULTS.find((fault) => history.some(({ state }) => state === fault));
}

/** How the stay in a state went; `stopped` when it was the end, and nothing was sold. */
export function stepStatus({
  state,
  left_at,
}: Visit): Extract<StepsProps.Status, "success" | "error" | "stopped" | "in-progress"> {
  if (FAILURES.includes(state)) return "error"; // the execution ends in it, and never leaves it
  if (WITHOUT_A_SALE.includes(state)) return "stopped";
  return left_at === null ? "in-progress" : "success";
}

/** How long the stay lasted, or has lasted until now, in milliseconds. */
export function stayMs({ entered_at, left_at }: Visit, nowMs: number): number {
  return (left_at === null ? nowMs : new Date(left_at).getTime()) - new Date(entered_at).getTime();
}

/** Whether the workflow was over when the reservation was decided once more: by a payment that came late. */
export function isDecidedAfterwards({ status, rescued, decided_at }: ReservationStory): boolean {
  return decided_at !== null && (rescued || status === "UNFULFILLED");
}
