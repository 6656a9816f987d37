import Box from "@cloudscape-design/components/box";
import type { StepsProps } from "@cloudscape-design/components/steps";

import { lineName } from "@/api/levels/levelKey";
import type { TimelineEntry } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { ProductName } from "@/components/values/ProductName";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { productPage, reservationPage } from "@/lib/identifiers/addresses";
import { ChangedLines } from "../ChangedLines";
import { releaseOf } from "../outcome";
import { moneyOf } from "../refunds/money";

type Status = Extract<StepsProps.Status, "success" | "error" | "stopped" | "in-progress" | "warning" | "info">;

const STATUSES: Readonly<Record<TimelineEntry["kind"], Status>> = {
  HELD: "info",
  CHANGED: "info",
  COMMITTED: "success",
  RELEASED: "stopped",
  REJECTED: "stopped",
  UNFULFILLED: "error",
  REFUND_DUE: "warning",
  REFUND_RETURNED: "success",
  EXECUTION_FAILED: "error",
};

/** One thing that happened, as a step: what, when, to which reservation, and its details. */
export function entryStep(entry: TimelineEntry): StepsProps.Step {
  return {
    status: STATUSES[entry.kind],
    statusIconAriaLabel: text(`timeline.kind.${entry.kind}`),
    header: headerOf(entry),
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={entry.at} isFocusable={false} /> ·{" "}
        <RouterLink to={reservationPage(entry)} fontSize="body-s">
          <Identifier value={entry.reservation_id} />
        </RouterLink>
        <Details entry={entry} />
      </Box>
    ),
  };
}

/** What happened; of an end without a sale, what ended the wait. */
export function headerOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case "RELEASED":
      return text(`reservation.outcome.${releaseOf({ reason: entry.reason, released_by: entry.by })}`);
    case "REJECTED":
      return text(`reservation.outcome.${entry.reason === "HOLD_LIMIT_REACHED" ? "HOLD_LIMIT" : "REJECTED"}`);
    case "COMMITTED":
      return text(`reservation.outcome.${entry.rescued ? "RESCUED" : "SOLD"}`);
    case "UNFULFILLED":
      return text(`reservation.outcome.LATE_${releaseOf({ reason: entry.reason, released_by: entry.by })}`);
    default:
      return text(`timeline.kind.${entry.kind}`);
  }
}

function Details({ entry }: { entry: TimelineEntry }) {
  const { lines = [], changes, shortages = [], payment_reference = null, amount = null, currency = null } = entry;
  const { reference = null, by = null, note = null, error = null, cause = null } = entry;
  const money = moneyOf({ amount, currency });
  return (
    <>
      {lines.map((line) => (
        <div key={lineName(line)}>
          {line.quantity} ×{" "}
          <RouterLink to={productPage(line.product_id)} fontSize="body-s">
            <Identifier value={line.product_id} />
          </RouterLink>
          <ProductName product_id={line.product_id} />
        </div>
      ))}
      {changes && <ChangedLines of={{ lines: changes }} />}
      {shortages.map(({ product_id, requested, available }) => (
        <div key={product_id}>{text("timeline.shortage", { product_id, requested, available })}</div>
      ))}
      {payment_reference !== null && (
        <div>
          {text("timeline.payment", { payment_reference })}
          {money !== null && ` (${money})`}
        </div>
      )}
      {reference !== null && <div>{text("timeline.refund", { reference })}</div>}
      {by !== null && <div>{text("timeline.by", { by })}</div>}
      {note !== null && <div>{note}</div>}
      {error !== null && <div>{error}</div>}
      {cause !== null && <div>{cause}</div>}
    </>
  );
}
