import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import { useListReservations } from "@/api/reservations/listReservations";
import { RESERVATION_STATUSES } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { BusyList } from "@/components/feedback/BusyList";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { ReadModelNotice } from "@/components/feedback/ReadModelNotice";
import { PageHeader } from "@/components/page/PageHeader";
import { useIsNarrow } from "@/hooks/useIsNarrow";
import { identifier, oneOf, searchText, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { reservationPage } from "@/lib/identifiers/addresses";
import { FailedOrder } from "../executions/FailedOrder";
import { Filters, hasEnds } from "./Filters";
import { reservationColumns } from "./reservationColumns";

const FIELDS = {
  status: oneOf(RESERVATION_STATUSES, ""),
  search: searchText,
  product_id: identifier,
  sort: oneOf(["held_until"], ""),
};
const NO_FILTERS = { status: "", search: "", product_id: "", sort: "" } as const;

/** The list of reservations: first the active ones, then the others, the latest decision first. */
export function ReservationListPage() {
  const [filters, setFilters] = useUrlState(FIELDS);
  const reservations = useListReservations({
    status: filters.status || undefined,
    search: filters.search || undefined,
    product_id: filters.product_id || undefined,
    sort: hasEnds(filters) ? filters.sort || undefined : undefined,
  });
  const isNarrow = useIsNarrow();
  const items = reservations.data?.items ?? [];
  const isFiltered = Object.values({ ...filters, sort: "" }).some(Boolean);
  const showAll = () => {
    setFilters(NO_FILTERS);
  };

  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("reservations.title")}
          asOf={reservations.dataUpdatedAt}
          staleAfterMs={reservations.data?.staleAfterMs}
        />
      }
    >
      <SpaceBetween size="l">
        {filters.search !== "" && <FailedOrder order_id={filters.search} />}
        <ReadModelNotice state={reservations.isPlaceholderData ? undefined : reservations.data?.read_model} />
        <BusyList
          isBusy={reservations.isPlaceholderData}
          announcement={reservations.isPending ? "" : text("list.loaded", { count: items.length })}
        >
          <Table
            variant="container"
            stickyHeader
            wrapLines
            cellVerticalAlign="top"
            ariaLabels={{ tableLabel: text("reservations.title") }}
            filter={<Filters filters={filters} onChange={setFilters} />}
            items={items}
            trackBy="execution_name"
            columnDefinitions={reservationColumns(isNarrow)}
            stickyColumns={{ first: isNarrow ? 0 : 1 }}
            loading={reservations.isPending}
            loadingText={text("loading")}
            empty={
              reservations.isError ? (
                <ErrorState error={reservations.error} onRetry={() => void reservations.refetch()} />
              ) : reservations.hasNextPage ? (
                <EmptyState title={text("list.none_yet")}>{text("list.none_yet.why")}</EmptyState>
              ) : isFiltered ? (
                <EmptyState
                  title={text("reservations.none_found")}
                  action={<Button onClick={showAll}>{text("reservations.filter.clear")}</Button>}
                >
                  {filters.search && (
                    <>
                      {text("reservations.none_found.why")}{" "}
                      <RouterLink
                        to={reservationPage({ reservation_id: filters.search, execution_name: filters.search })}
                      >
                        {text("reservations.none_found.failed")}
                      </RouterLink>
                    </>
                  )}
                </EmptyState>
              ) : (
                <EmptyState title={text("reservations.none")}>{text("reservations.none.why")}</EmptyState>
              )
            }
            footer={
              !reservations.isPlaceholderData &&
              (items.length > 0 || reservations.hasNextPage) && <LoadMore count={items.length} {...reservations} />
            }
          />
        </BusyList>
      </SpaceBetween>
    </ContentLayout>
  );
}
