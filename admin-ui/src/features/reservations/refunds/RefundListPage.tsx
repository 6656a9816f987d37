import ContentLayout from "@cloudscape-design/components/content-layout";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { useListOpenRefunds } from "@/api/reservations/listRefunds";
import type { Refund } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { PageHeader } from "@/components/page/PageHeader";
import { Detail } from "@/components/values/Detail";
import { Identifier } from "@/components/values/Identifier";
import { Time } from "@/components/values/Time";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationPage } from "@/lib/identifiers/addresses";
import { moneyOf } from "./money";
import { MarkReturned, type OnRecord, Order } from "./RefundCells";
import { RefundDialog } from "./RefundDialog";

/** The payments that bought nothing and are still to be returned. Managers record here that one was returned. */
export function RefundListPage() {
  const { mayEdit } = useSession();
  const isNarrow = useIsNarrow();
  const refunds = useListOpenRefunds();
  const [recording, setRecording] = useState<Refund | null>(null);
  const items = refunds.data?.items ?? [];
  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("refunds.title")}
          counter={counterOf(refunds.data?.total)}
          description={text("refunds.what")}
          asOf={refunds.dataUpdatedAt}
          staleAfterMs={refunds.data?.staleAfterMs}
        />
      }
    >
      <Table
        variant="container"
        stickyHeader
        wrapLines
        cellVerticalAlign="top"
        ariaLabels={{ tableLabel: text("refunds.title") }}
        items={items}
        trackBy={({ reservation_id, payment_reference }) => `${reservation_id}\u001F${payment_reference}`}
        columnDefinitions={(isNarrow ? columnsOfAPhone : columns)(mayEdit ? setRecording : null)}
        loading={refunds.isPending}
        loadingText={text("loading")}
        empty={
          refunds.isError ? (
            <ErrorState error={refunds.error} onRetry={() => void refunds.refetch()} />
          ) : refunds.hasNextPage ? (
            <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
          ) : (
            <EmptyState title={text("refunds.none")}>{text("refunds.none.why")}</EmptyState>
          )
        }
        footer={(items.length > 0 || refunds.hasNextPage) && <LoadMore count={items.length} {...refunds} />}
      />
      {recording && <RefundDialog refund={recording} onClose={() => setRecording(null)} />}
    </ContentLayout>
  );
}

function counterOf(total: number | null | undefined): string | undefined {
  return total === null || total === undefined ? undefined : `(${formatNumber(total)})`;
}

type Column = TableProps.ColumnDefinition<Refund>;

/** What identifies the payment and the action are below each other, and beside them what is to be returned since when. */
function columnsOfAPhone(onRecord: OnRecord | null): Column[] {
  return [
    {
      id: "payment",
      header: text("refunds.column.payment"),
      isRowHeader: true,
      cell: (refund) => (
        <>
          <Identifier value={refund.payment_reference} />
          <Detail>
            <Order of={refund} />
          </Detail>
          <Detail>
            <ReservationLink of={refund} />
          </Detail>
          {onRecord && <MarkReturned refund={refund} onRecord={onRecord} />}
        </>
      ),
    },
    {
      id: "amount",
      header: text("refunds.column.amount"),
      minWidth: 104,
      cell: (refund) => (
        <>
          {moneyOf(refund) ?? "—"}
          <Detail>
            <Time value={refund.since} relative isFocusable={false} />
          </Detail>
        </>
      ),
    },
  ];
}

function columns(onRecord: OnRecord | null): Column[] {
  return [
    {
      id: "payment",
      header: text("refunds.column.payment"),
      isRowHeader: true,
      minWidth: 150,
      cell: ({ payment_reference }) => <Identifier value={payment_reference} />,
    },
    { id: "amount", header: text("refunds.column.amount"), minWidth: 108, cell: (refund) => moneyOf(refund) ?? "—" },
    {
      id: "since",
      header: text("refunds.column.since"),
      minWidth: 130,
      cell: ({ since }) => <Time value={since} relative isFocusable={false} />,
    },
    {
      id: "order",
      header: text("refunds.column.order"),
      minWidth: 130,
      cell: (refund) => <Order of={refund} />,
    },
    {
      id: "reservation",
      header: text("refunds.column.reservation"),
      minWidth: 150,
      cell: (refund) => <ReservationLink of={refund} />,
    },
    ...(onRecord
      ? [
          {
            id: "actions",
            header: text("stock.column.actions"),
            minWidth: 140,
            cell: (refund: Refund) => <MarkReturned refund={refund} onRecord={onRecord} />,
          },
        ]
      : []),
  ];
}

function ReservationLink({ of: refund }: { of: Refund }) {
  return (
    <RouterLink to={reservationPage(refund)}>
      <Identifier value={refund.reservation_id} />
    </RouterLink>
  );
}
