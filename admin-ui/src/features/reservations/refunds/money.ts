import type { Refund } from "@/api/types";

/** The amount of a payment exactly as the shop sent it, as only the shop knows its unit; null if it sent none. */
export function moneyOf({ amount, currency }: Pick<Refund, "amount" | "currency">): string | null {
  return amount === null ? null : [amount, currency].filter(Boolean).join(" ");
}
