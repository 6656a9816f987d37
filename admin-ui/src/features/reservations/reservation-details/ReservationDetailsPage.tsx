import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "react-router";

import { ApiProblem } from "@/api/client/problem";
import { useInspectReservation } from "@/api/reservations/inspectReservation";
import type { Reservation, ReservationDetails } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { CopyableId } from "@/components/values/CopyableId";
import { text } from "@/i18n/text";
import { Facts } from "./Facts";
import { Lines } from "./Lines";
import { ReleaseDialog } from "./ReleaseDialog";
import styles from "./reservation-details.module.css";
import { Timeline } from "./Timeline";
import { failureOf } from "./timelineSteps";

/** One reservation: its state, its timeline, and the release by a manager. */
export function ReservationDetailsPage() {
  const { reservation_id = "" } = useParams();
  const { mayEdit } = useSession();
  const reservation = useInspectReservation(reservation_id);
  const [isReleasing, setIsReleasing] = useState(false);
  const details = reservation.data;

  return (
    <ContentLayout
      header={
        <PageHeader
          title={reservation_id}
          asOf={reservation.dataUpdatedAt}
          actions={
            mayEdit &&
            details?.status === "HELD" && (
              <Button
                onClick={() => {
                  setIsReleasing(true);
                }}
              >
                {text("reservation.release")}
              </Button>
            )
          }
        />
      }
    >
      {details ? (
        <Details details={details} />
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
      {details.unfulfilled_payments.length > 0 && <RefundDue reservation={details} />}
      <div className={styles["columns"]}>
        <SpaceBetween size="l">
          <Facts reservation={details} />
          <Lines reservation={details} />
        </SpaceBetween>
        <Timeline details={details} />
      </div>
    </SpaceBetween>
  );
}

function RefundDue({ reservation: { status, unfulfilled_payments } }: { reservation: Reservation }) {
  return (
    <Alert type="error" header={text("reservation.refund")}>
      <SpaceBetween size="xs">
        <div>
          {text(status === "UNFULFILLED" ? "reservation.refund.nothing_sold" : "reservation.refund.not_needed")}
        </div>
        {unfulfilled_payments.map((payment) => (
          <div key={payment}>
            {text("reservation.payment")}: <CopyableId value={payment} label={text("reservation.payment")} />
          </div>
        ))}
      </SpaceBetween>
    </Alert>
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
