import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps from "@cloudscape-design/components/steps";

import { useGetTimeline } from "@/api/reservations/getTimeline";
import type { TimelineSubject } from "@/api/types";
import { LoadMore } from "@/components/controls/LoadMore";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { ReadModelNotice } from "@/components/feedback/ReadModelNotice";
import { PageHeader } from "@/components/page/PageHeader";
import { CopyableId } from "@/components/values/CopyableId";
import { identifier, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { reservationsFoundBy } from "@/lib/identifiers/addresses";
import { CopyForTicket } from "../ticket/CopyForTicket";
import { timelineStoryOf } from "../ticket/story";
import { entryStep } from "./entrySteps";

const FIELDS = { order_id: identifier, customer_id: identifier };

/** What happened to all reservations of an order or of a customer, as one list. */
export function OrderTimelinePage() {
  const [{ order_id, customer_id }] = useUrlState(FIELDS);
  if (order_id === "" && customer_id === "") {
    return (
      <ContentLayout header={<PageHeader title={text("timeline.title")} />}>
        <EmptyState
          title={text("timeline.of_nothing")}
          action={<RouterLink to="/reservations">{text("reservation.not_found.list")}</RouterLink>}
        />
      </ContentLayout>
    );
  }
  const subject = order_id === "" ? { customer_id } : { order_id };
  return <Events key={`${order_id}\u001F${customer_id}`} subject={subject} />;
}

function Events({ subject }: { subject: TimelineSubject }) {
  const timeline = useGetTimeline(subject);
  const isOrder = "order_id" in subject;
  const id = isOrder ? subject.order_id : subject.customer_id;
  const items = timeline.data?.items ?? [];
  return (
    <ContentLayout
      header={
        <PageHeader
          title={text(isOrder ? "timeline.of_order" : "timeline.of_customer", { id })}
          description={<CopyableId value={id} label={text(isOrder ? "reservation.order" : "reservation.customer")} />}
          asOf={timeline.dataUpdatedAt}
          staleAfterMs={timeline.data?.staleAfterMs}
          actions={
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <RouterLink to={reservationsFoundBy(id)}>{text("timeline.as_list")}</RouterLink>
              {items.length > 0 && (
                <CopyForTicket story={() => timelineStoryOf(subject, items, !timeline.hasNextPage)} />
              )}
            </SpaceBetween>
          }
        />
      }
    >
      <SpaceBetween size="l">
        <ReadModelNotice state={timeline.data?.read_model} />
        {timeline.isPending ? (
          <Loading />
        ) : timeline.isError && !timeline.data ? (
          <ErrorState error={timeline.error} onRetry={() => void timeline.refetch()} />
        ) : items.length === 0 ? (
          <EmptyState title={text("timeline.none", { id })}>{text("timeline.none.why")}</EmptyState>
        ) : (
          <Container footer={<LoadMore count={items.length} {...timeline} />}>
            <Steps ariaLabel={text("timeline.title")} steps={items.map(entryStep)} />
          </Container>
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
