import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { isFailedReservation, useInspectReservation } from "@/api/reservations/inspectReservation";
import type { ReservationDetails } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { anyText, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { ExecutionSection } from "../executions/ExecutionSection";
import { FailedExecutionDetails } from "../executions/FailedExecutionDetails";
import { CopyStory } from "../ticket/CopyStory";
import { Facts } from "./Facts";
import { Lines } from "./Lines";
import { Refunds } from "./Refunds";
import { ReleaseDialog } from "./ReleaseDialog";
import styles from "./reservation-details.module.css";
import { Timeline } from "./Timeline";
import { failureOf } from "./timelineSteps";

const FIELDS = { reservation_id: anyText, execution_name: anyText };

/** One reservation: its state, its timeline, and the release by a manager. */
export function ReservationDetailsPage() {
  const [{ reservation_id, execution_name }] = useUrlState(FIELDS);
  const name = execution_name || reservation_id;
  return <ReservationOrFailure key={name} name={name} reservation_id={reservation_id} />;
}

function ReservationOrFailure({ name, reservation_id }: { name: string; reservation_id: string }) {
  const { mayEdit } = useSession();
  const reservation = useInspectReservation(name);
  const [isReleasing, setIsReleasing] = useState(false);
  const found = reservation.data;
  const details = found && !isFailedReservation(found) ? found : null;

  return (
    <ContentLayout
      header={
        <PageHeader
          title={found?.reservation_id ?? reservation_id}
          asOf={reservation.dataUpdatedAt}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {found && <CopyStory found={found} />}
              {mayEdit && details?.status === "HELD" && (
                <Button
                  onClick={() => {
                    setIsReleasing(true);
                  }}
                >
                  {text("reservation.release")}
                </Button>
              )}
            </SpaceBetween>
          }
        />
      }
    >
      {details ? (
        <Details details={details} />
      ) : found && isFailedReservation(found) ? (
        <FailedExecutionDetails execution={found} />
      ) : reservation.error instanceof ApiProblem && reservation.error.isNotFound ? (
        <NotFound />
      ) : reservation.isError ? (
        <ErrorState error={reservation.error} onRetry={() => void reservation.refetch()} />
      ) : (
        <Loading />
      )}
      {isReleasing && details && (
        <ReleaseDialog
          reservation={details}
          onClose={() => {
            setIsReleasing(false);
          }}
        />
      )}
    </ContentLayout>
  );
}

function Details({ details }: { details: ReservationDetails }) {
  const failure = failureOf(details.history);
  return (
    <SpaceBetween size="l">
      {failure && (
        <Alert type="error" header={text("reservation.failure")}>
          {text(`reservation.failure.${failure}`)}
        </Alert>
      )}
      <Refunds details={details} />
      <div className={styles["columns"]}>
        <Facts reservation={details} />
        <Timeline details={details} />
      </div>
      <Lines reservation={details} />
      <ExecutionSection execution_name={details.execution_name} isWaiting={details.status === "HELD"} />
    </SpaceBetween>
  );
}

function NotFound() {
  return (
    <EmptyState
      title={text("reservation.not_found")}
      action={<RouterLink to="/reservations">{text("reservation.not_found.list")}</RouterLink>}
    >
      {text("reservation.not_found.why")}
    </EmptyState>
  );
}
