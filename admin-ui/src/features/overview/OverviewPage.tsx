import Alert from "@cloudscape-design/components/alert";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense } from "react";

import { useGetOverview } from "@/api/getOverview";
import type { Overview } from "@/api/types";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";
import { FigureCards } from "./FigureCards";

// The figures are shown first. The larger parts load afterwards, each by itself.
const DecidedReservations = lazy(() => import("./DecidedReservations"));
const RunningOut = lazy(() => import("./RunningOut"));

/** Figures that need attention, the reservations of the last day, and the levels that are running out. */
export function OverviewPage() {
  const overview = useGetOverview();
  return (
    <ContentLayout header={<PageHeader title={text("overview.title")} asOf={overview.dataUpdatedAt} />}>
      {overview.data ? (
        <Content overview={overview.data} />
      ) : overview.isError ? (
        <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <Loading />
      )}
    </ContentLayout>
  );
}

function Content({ overview }: { overview: Overview }) {
  return (
    <SpaceBetween size="l">
      {!overview.is_complete && <Alert type="info">{text("overview.incomplete")}</Alert>}
      <FigureCards overview={overview} />
      <Suspense fallback={<Loading />}>
        <DecidedReservations reservations={overview.reservations} />
      </Suspense>
      <Suspense fallback={<Loading />}>
        <RunningOut />
      </Suspense>
    </SpaceBetween>
  );
}
