import Button from "@cloudscape-design/components/button";

import type { Refund } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Identifier } from "@/components/values/Identifier";
import { text } from "@/i18n/text";
import { timelineOf } from "@/lib/identifiers/addresses";

/** Begins to record that a payment was returned. */
export type OnRecord = (refund: Refund) => void;

/** The order of a payment, with its timeline; a dash if it has none. */
export function Order({ of: { order_id } }: { of: Refund }) {
  if (order_id === null) return "—";
  return (
    <RouterLink to={timelineOf({ order_id })}>
      <Identifier value={order_id} />
    </RouterLink>
  );
}

/** The action of a payment that is still to be returned. */
export function MarkReturned({ refund, onRecord }: { refund: Refund; onRecord: OnRecord }) {
  return (
    <Button
      variant="inline-link"
      ariaLabel={text("refunds.record.of", { payment_reference: refund.payment_reference })}
      onClick={() => onRecord(refund)}
    >
      {text("refunds.record")}
    </Button>
  );
}
