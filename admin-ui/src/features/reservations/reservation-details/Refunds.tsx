import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { Refund, ReservationDetails } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { CopyableId } from "@/components/values/CopyableId";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { moneyOf } from "../refunds/money";
import { RefundDialog } from "../refunds/RefundDialog";

/** The payments of a reservation that bought nothing: those that are still to be returned, and those that were. */
export function Refunds({ details: { status, refunds } }: { details: ReservationDetails }) {
  const { mayEdit } = useSession();
  const [recording, setRecording] = useState<Refund | null>(null);
  const open = refunds.filter((refund) => refund.status === "OPEN");
  const returned = refunds.filter((refund) => refund.status !== "OPEN");
  if (refunds.length === 0) return null;
  return (
    <SpaceBetween size="l">
      {open.length > 0 && (
        <Alert type="error" header={text("reservation.refund")}>
          <SpaceBetween size="xs">
            <div>
              {text(status === "UNFULFILLED" ? "reservation.refund.nothing_sold" : "reservation.refund.not_needed")}
            </div>
            {open.map((refund) => (
              <SpaceBetween key={refund.payment_reference} direction="horizontal" size="s" alignItems="center">
                <Payment refund={refund} />
                {mayEdit && (
                  <Button
                    ariaLabel={text("refunds.record.of", { payment_reference: refund.payment_reference })}
                    onClick={() => setRecording(refund)}
                  >
                    {text("refunds.record")}
                  </Button>
                )}
              </SpaceBetween>
            ))}
          </SpaceBetween>
        </Alert>
      )}
      {returned.length > 0 && (
        <Alert type="info" header={text("refunds.returned")}>
          <SpaceBetween size="xs">
            {returned.map((refund) => (
              <div key={refund.payment_reference}>
                <Payment refund={refund} />
                <div>
                  {text("refunds.returned.by", {
                    actor: refund.returned_by ?? "—",
                    reference: refund.reference ?? "—",
                  })}{" "}
                  <Time value={refund.returned_at} />
                </div>
                {refund.note !== null && <div>{refund.note}</div>}
              </div>
            ))}
          </SpaceBetween>
        </Alert>
      )}
      {recording && <RefundDialog refund={recording} onClose={() => setRecording(null)} />}
    </SpaceBetween>
  );
}

function Payment({ refund }: { refund: Refund }) {
  const amount = moneyOf(refund);
  return (
    <div>
      {text("reservation.payment")}: <CopyableId value={refund.payment_reference} label={text("reservation.payment")} />
      {amount !== null && ` (${amount})`}
    </div>
  );
}
