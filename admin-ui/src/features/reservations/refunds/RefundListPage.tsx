import Button from "@cloudscape-design/components/button";
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
import { Identifier } from "@/components/values/Identifier";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { reservationPage, timelineOf } from "@/lib/identifiers/addresses";
import { moneyOf } from "./money";
import { RefundDialog } from "./RefundDialog";

/** The payments that bought nothing and are still to be returned. Managers record here that one was returned. */
export function RefundListPage() {
  const { mayEdit } = useSession();
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
        columnDefinitions={[...columns(), ...(mayEdit ? [actionColumn(setRecording)] : [])]}
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

function columns(): TableProps.ColumnDefinition<Refund>[] {
  return [
    {
      id: "payment",
      header: text("refunds.column.payment"),
      isRowHeader: true,
      minWidth: 150,
      cell: ({ payment_reference }) => <Identifier value={payment_reference} />,
    },
    { id: "amount", header: text("refunds.column.amount"), minWidth: 120, cell: (refund) => moneyOf(refund) ?? "—" },
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
      cell: ({ order_id }) =>
        order_id === null ? (
          "—"
        ) : (
          <RouterLink to={timelineOf({ order_id })}>
            <Identifier value={order_id} />
          </RouterLink>
        ),
    },
    {
      id: "reservation",
      header: text("refunds.column.reservation"),
      minWidth: 150,
      cell: ({ reservation_id, execution_name }) => (
        <RouterLink to={reservationPage({ reservation_id, execution_name })}>
          <Identifier value={reservation_id} />
        </RouterLink>
      ),
    },
  ];
}

function actionColumn(onRecord: (refund: Refund) => void): TableProps.ColumnDefinition<Refund> {
  return {
    id: "actions",
    header: text("stock.column.actions"),
    minWidth: 160,
    cell: (refund) => (
      <Button
        variant="inline-link"
        ariaLabel={text("refunds.record.of", { payment_reference: refund.payment_reference })}
        onClick={() => onRecord(refund)}
      >
        {text("refunds.record")}
      </Button>
    ),
  };
}
