import type { Reservation } from "@/api/types";

/** How a reservation ended. LATE: a payment arrived afterwards and bought nothing. */
export type Outcome =
  | "SOLD"
  | "RESCUED"
  | "REJECTED"
  | "HOLD_LIMIT"
  | "EXPIRED"
  | "PAYMENT_FAILED"
  | "CANCELLED"
  | "BY_HAND"
  | "LATE_EXPIRED"
  | "LATE_PAYMENT_FAILED"
  | "LATE_CANCELLED"
  | "LATE_BY_HAND";

const RELEASE_REASONS = ["EXPIRED", "PAYMENT_FAILED", "CANCELLED"] as const;

/** How a reservation ended; null while it is active. */
export function outcomeOf(reservation: Reservation): Outcome | null {
  switch (reservation.status) {
    case "HELD":
    case "PAID":
      return null;
    case "COMMITTED":
      return reservation.rescued ? "RESCUED" : "SOLD";
    case "REJECTED":
      return reservation.reason === "HOLD_LIMIT_REACHED" ? "HOLD_LIMIT" : "REJECTED";
    case "RELEASED":
      return releaseOf(reservation);
    case "UNFULFILLED":
      return `LATE_${releaseOf(reservation)}`;
  }
}

function releaseOf({ reason, released_by }: Reservation): (typeof RELEASE_REASONS)[number] | "BY_HAND" {
  if (released_by !== null) return "BY_HAND";
  return RELEASE_REASONS.find((known) => known === reason) ?? "CANCELLED";
}
