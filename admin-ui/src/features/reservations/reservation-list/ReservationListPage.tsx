import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Table from "@cloudscape-design/components/table";

import { useReservations } from "@/api/reservations/reservations";
import { RESERVATION_STATUSES } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { PageHeader } from "@/components/page/PageHeader";
import { anyText, oneOf, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { Filters } from "./Filters";
import { reservationColumns } from "./reservationColumns";

const FIELDS = { status: oneOf(RESERVATION_STATUSES, ""), search: anyText, product_id: anyText };
const EVERYTHING = { status: "", search: "", product_id: "" } as const;

/** Reservations: the active ones, then what became of the others, the latest first. */
export function ReservationsPage() {
  const [wanted, want] = useUrlState(FIELDS);
  const reservations = useReservations({
    status: wanted.status || undefined,
    search: wanted.search || undefined,
    product_id: wanted.product_id || undefined,
  });
  const items = reservations.data?.items ?? [];
  const isNarrowed = Object.values(wanted).some(Boolean);
  const showAll = () => {
    want(EVERYTHING);
  };

  return (
    <ContentLayout header={<PageHeader title={text("reservations.title")} asOf={reservations.dataUpdatedAt} />}>
      <Table
        variant="container"
        stickyHeader
        cellVerticalAlign="top"
        ariaLabels={{ tableLabel: text("reservations.title") }}
        filter={<Filters wanted={wanted} onChange={want} />}
        items={items}
        trackBy="reservation_id"
        columnDefinitions={reservationColumns()}
        stickyColumns={{ first: 1 }}
        loading={reservations.isPending || reservations.isPlaceholderData}
        loadingText={text("loading")}
        empty={
          reservations.isError ? (
            <ErrorState error={reservations.error} onRetry={() => void reservations.refetch()} />
          ) : reservations.hasNextPage ? (
            <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
          ) : isNarrowed ? (
            <EmptyState
              title={text("reservations.none_found")}
              action={<Button onClick={showAll}>{text("reservations.filter.clear")}</Button>}
            >
              {wanted.search && text("reservations.none_found.exact")}
            </EmptyState>
          ) : (
            <EmptyState title={text("reservations.none")}>{text("reservations.none.why")}</EmptyState>
          )
        }
        footer={(items.length > 0 || reservations.hasNextPage) && <LoadMore count={items.length} {...reservations} />}
      />
    </ContentLayout>
  );
}
