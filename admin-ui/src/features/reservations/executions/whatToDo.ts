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
