import Alert from "@cloudscape-design/components/alert";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy } from "react";

import { useGetOverview } from "@/api/read-model/getOverview";
import { REFRESH_MS } from "@/api/queries/refresh";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { Part } from "@/components/feedback/Part";
import { ReadModelNotice } from "@/components/feedback/ReadModelNotice";
import { PageHeader } from "@/components/page/PageHeader";
import { FigureCards } from "@/features/overview/FigureCards";
import { text } from "@/i18n/text";
import styles from "./overview-page.module.css";
import { ReadModelState } from "./ReadModelState";

// The figures are shown first. The larger parts load afterwards, each by itself.
const Health = lazy(() => import("@/features/overview/Health"));
const RunningOut = lazy(() => import("@/features/stock/attention/RunningOut"));
const MoneyToReturn = lazy(() => import("@/features/reservations/refunds/MoneyToReturn"));
const LostDemand = lazy(() => import("@/features/stock/attention/LostDemand"));
const EndingHolds = lazy(() => import("@/features/reservations/EndingHolds"));
const DecidedReservations = lazy(() => import("@/features/overview/DecidedReservations"));

/** What to do now, part by part, and the figures. A part that is slow or fails leaves the others as they are. */
export function OverviewPage() {
  const overview = useGetOverview();
  return (
    <ContentLayout
      header={
        <PageHeader
          title={text("overview.title")}
          asOf={overview.dataUpdatedAt}
          staleAfterMs={2.5 * REFRESH_MS.figures}
          description={overview.data && <ReadModelState state={overview.data.read_model} />}
        />
      }
    >
      <SpaceBetween size="l">
        <Part>
          <Figures overview={overview} />
        </Part>
        <Part>
          <Health />
        </Part>
        <Part>
          <RunningOut />
        </Part>
        <Part>
          <MoneyToReturn />
        </Part>
        <div className={styles["columns"]}>
          <Part>
            <LostDemand />
          </Part>
          <Part>
            <EndingHolds counted={overview.data?.holds.ending_soon ?? null} />
          </Part>
        </div>
        <Part>{overview.data?.reservations && <DecidedReservations reservations={overview.data.reservations} />}</Part>
      </SpaceBetween>
    </ContentLayout>
  );
}

function Figures({ overview }: { overview: ReturnType<typeof useGetOverview> }) {
  if (!overview.data) {
    if (overview.isError) return <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />;
    return <Loading />;
  }
  return (
    <SpaceBetween size="l">
      <ReadModelNotice state={overview.data.read_model} />
      {overview.data.unavailable.length > 0 && <Alert type="warning">{text("overview.unavailable")}</Alert>}
      {!overview.data.is_complete && <Alert type="info">{text("overview.incomplete")}</Alert>}
      <FigureCards overview={overview.data} />
    </SpaceBetween>
  );
}
