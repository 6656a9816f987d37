import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "react-router";

import { ApiProblem } from "@/api/client/problem";
import { useReservation } from "@/api/reservations/reservations";
import type { Reservation, ReservationStory } from "@/api/types";
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
import { faultOf } from "./timelineSteps";

/** One reservation: how it stands, how it came to that, and what to do about it. */
export function ReservationPage() {
  const { reservation_id = "" } = useParams();
  const { mayEdit } = useSession();
  const reservation = useReservation(reservation_id);
  const [isReleasing, setIsReleasing] = useState(false);
  const story = reservation.data;

  return (
    <ContentLayout
      header={
        <PageHeader
          title={reservation_id}
          asOf={reservation.dataUpdatedAt}
          actions={
            mayEdit &&
            story?.status === "HELD" && (
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
      {story ? (
        <Story story={story} />
      ) : reservation.error instanceof ApiProblem && reservation.error.isNotFound ? (
        <NotFound />
      ) : reservation.isError ? (
        <ErrorState error={reservation.error} onRetry={() => void reservation.refetch()} />
      ) : (
        <Loading />
      )}
      {isReleasing && story && (
        <ReleaseDialog
          reservation={story}
          onClose={() => {
            setIsReleasing(false);
          }}
        />
      )}
    </ContentLayout>
  );
}

function Story({ story }: { story: ReservationStory }) {
  const fault = faultOf(story.history);
  return (
    <SpaceBetween size="l">
      {fault && (
        <Alert type="error" header={text("reservation.fault")}>
          {text(`reservation.fault.${fault}`)}
        </Alert>
      )}
      {story.unfulfilled_payments.length > 0 && <MoneyToReturn reservation={story} />}
      <div className={styles["columns"]}>
        <SpaceBetween size="l">
          <Facts reservation={story} />
          <Lines reservation={story} />
        </SpaceBetween>
        <Timeline story={story} />
      </div>
    </SpaceBetween>
  );
}

function MoneyToReturn({ reservation: { status, unfulfilled_payments } }: { reservation: Reservation }) {
  return (
    <Alert type="error" header={text("reservation.money")}>
      <SpaceBetween size="xs">
        <div>{text(status === "UNFULFILLED" ? "reservation.money.nothing_sold" : "reservation.money.not_needed")}</div>
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
