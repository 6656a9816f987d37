import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import { lazy, Suspense, useState } from "react";

import { useListOldestRefunds } from "@/api/reservations/listRefunds";
import type { Refund } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PartTable } from "@/components/page/PartTable";
import { Identifier } from "@/components/values/Identifier";
import { Time } from "@/components/values/Time";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationPage } from "@/lib/identifiers/addresses";
import { moneyOf } from "./money";
import { MarkReturned, type OnRecord, Order } from "./RefundCells";

const RefundDialog = lazy(async () => ({ default: (await import("./RefundDialog")).RefundDialog }));

const SHOWN_MAX = 5;

/** The payments to return that are open the longest, each to be marked as returned. */
export default function MoneyToReturn() {
  const { mayEdit } = useSession();
  const isNarrow = useIsNarrow();
  const refunds = useListOldestRefunds(SHOWN_MAX);
  const [recording, setRecording] = useState<Refund | null>(null);
  const { items = [], total } = refunds.data ?? {};
  return (
    <>
      <PartTable
        title={text("refunds.title")}
        counter={total ? `(${formatNumber(total)})` : undefined}
        description={text("refunds.oldest")}
        all={{ to: "/refunds", label: text("refunds.all") }}
        query={refunds}
        items={items}
        trackBy={({ reservation_id, payment_reference }) => `${reservation_id}\u001F${payment_reference}`}
        none={<EmptyState title={text("refunds.none")}>{text("refunds.none.why")}</EmptyState>}
        columns={columns(isNarrow, mayEdit ? setRecording : null)}
      />
      {recording && (
        <Suspense>
          <RefundDialog refund={recording} onClose={() => setRecording(null)} />
        </Suspense>
      )}
    </>
  );
}

/** The columns. On a phone, the order and the action are below the payment, so that they are not off the screen. */
function columns(isNarrow: boolean, onRecord: OnRecord | null): TableProps.ColumnDefinition<Refund>[] {
  return [
    {
      id: "payment",
      header: text("refunds.column.payment"),
      isRowHeader: true,
      cell: (refund) => (
        <>
          <RouterLink to={reservationPage(refund)}>
            <Identifier value={refund.payment_reference} />
          </RouterLink>
          <Box color="text-body-secondary" fontSize="body-s">
            {moneyOf(refund) ?? text("refunds.no_amount")}
          </Box>
          {isNarrow && refund.order_id !== null && (
            <div>
              <Order of={refund} />
            </div>
          )}
          {isNarrow && onRecord && <MarkReturned refund={refund} onRecord={onRecord} />}
        </>
      ),
    },
    {
      id: "since",
      header: text("refunds.column.since"),
      cell: ({ since }) => <Time value={since} relative isFocusable={false} />,
    },
    ...(isNarrow
      ? []
      : [{ id: "order", header: text("refunds.column.order"), cell: (refund: Refund) => <Order of={refund} /> }]),
    ...(onRecord && !isNarrow
      ? [
          {
            id: "actions",
            header: text("stock.column.actions"),
            cell: (refund: Refund) => <MarkReturned refund={refund} onRecord={onRecord} />,
          },
        ]
      : []),
  ];
}
