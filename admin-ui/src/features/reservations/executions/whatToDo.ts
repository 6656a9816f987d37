import type { FailedExecution } from "@/api/types";

type Kind = Pick<FailedExecution, "error"> & { readonly status: string | null };

/** The errors of statemachines/reservation.asl.yaml, each with its own text. */
export const KNOWN_ERRORS = [
  "InvalidReservation",
  "ReservationConflict",
  "ReservationNeedsAttention",
  "CommitNeedsAttention",
  "ReleaseNeedsAttention",
] as const;

/** What an operator does about a failed execution, by its error: the end of a text key. */
export function whatToDoAbout({
  error,
  status,
}: Kind): (typeof KNOWN_ERRORS)[number] | "ABORTED" | "TIMED_OUT" | "other" {
  const known = KNOWN_ERRORS.find((one) => one === error);
  if (known) return known;
  return status === "ABORTED" || status === "TIMED_OUT" ? status : "other";
}

const ABOUT_THE_REQUEST = ["InvalidReservation", "ReservationConflict", "ReservationNeedsAttention"] as const;

/** The same if it is known that there is no reservation, to which most texts send an operator. */
export function whatToDoWithoutReservation(failed: Kind): (typeof ABOUT_THE_REQUEST)[number] | "no_reservation" {
  const toDo = whatToDoAbout(failed);
  return ABOUT_THE_REQUEST.find((one) => one === toDo) ?? "no_reservation";
}
