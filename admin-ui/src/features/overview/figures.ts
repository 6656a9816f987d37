import type { DecidedHour, Overview } from "@/api/types";

/** How urgent a figure is. */
export type Attention = "none" | "watch" | "act";

/** One number of the overview. */
export interface Figure {
  readonly name: "unfulfilled" | "sold_out" | "low" | "holds";
  /** Null if it could not be read. */
  readonly value: number | null;
  readonly attention: Attention;
  /** The list that it counts. */
  readonly to: string;
}

/** The figures of the overview, the most urgent first. */
export function figuresOf({ stock, holds, unfulfilled }: Overview): readonly Figure[] {
  return [
    {
      name: "unfulfilled",
      value: unfulfilled,
      attention: attentionTo(unfulfilled, "act"),
      to: "/refunds",
    },
    {
      name: "sold_out",
      value: stock?.out_of_stock ?? null,
      attention: attentionTo(stock?.out_of_stock, "act"),
      to: "/stock?status=OUT_OF_STOCK",
    },
    {
      name: "low",
      value: stock?.low_stock ?? null,
      attention: attentionTo(stock?.low_stock, "watch"),
      to: "/stock?status=LOW_STOCK",
    },
    { name: "holds", value: holds.active, attention: "none", to: "/reservations" }, // the list starts with the active ones
  ];
}

function attentionTo(value: number | null | undefined, attention: Attention): Attention {
  return value ? attention : "none";
}

/** The possible decisions, the best first. */
export const OUTCOMES = ["committed", "released", "rejected", "unfulfilled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The reservation status of each outcome. */
export const STATUS_OF = {
  committed: "COMMITTED",
  released: "RELEASED",
  rejected: "REJECTED",
  unfulfilled: "UNFULFILLED",
} as const satisfies Record<Outcome, string>;

/** The address of the reservations with an outcome. */
export const listOf = (outcome: Outcome): string => `/reservations?status=${STATUS_OF[outcome]}`;

/** The number of reservations of each outcome, over all hours. */
export function totalsOf(hours: readonly DecidedHour[]): Readonly<Record<Outcome, number>> {
  const total = (outcome: Outcome) => hours.reduce((sum, hour) => sum + hour[outcome], 0);
  return {
    committed: total("committed"),
    released: total("released"),
    rejected: total("rejected"),
    unfulfilled: total("unfulfilled"),
  };
}
