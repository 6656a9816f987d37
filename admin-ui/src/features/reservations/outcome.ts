import type { Reservation } from "@/api/types";

/** Why a reservation is over. LATE: a payment came afterwards that bought nothing. */
export type Ending =
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

/** Why a reservation is over; null while it is not. */
export function endingOf(reservation: Reservation): Ending | null {
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

/** How many units some lines have together. */
export function unitsOf(lines: Reservation["lines"]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0);
}
