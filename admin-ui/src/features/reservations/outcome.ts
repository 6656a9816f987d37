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

interface Release {
  readonly reason?: string | null | undefined;
  readonly released_by?: string | null | undefined;
}

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

/** What ended a hold without a sale. */
export function releaseOf({ reason, released_by }: Release): (typeof RELEASE_REASONS)[number] | "BY_HAND" {
  if (released_by) return "BY_HAND";
  return RELEASE_REASONS.find((known) => known === reason) ?? "CANCELLED";
}

/** What ended the wait for the payment: the payment, or what came first. Null while it has not ended. */
export function endOfWait(reservation: Reservation): "PAID" | ReturnType<typeof releaseOf> | null {
  switch (reservation.status) {
    case "PAID":
      return "PAID";
    case "COMMITTED":
      return reservation.rescued ? releaseOf(reservation) : "PAID"; // a late payment came after the wait
    case "RELEASED":
    case "UNFULFILLED":
      return releaseOf(reservation);
    default:
      return null;
  }
}
