import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { lazy, Suspense } from "react";

import type { Overview } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { Loading } from "@/components/feedback/Loading";
import { ReservationStatusIndicator } from "@/components/values/ReservationStatusIndicator";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { listOf, type Outcome, OUTCOMES, STATUS_OF, totalsOf } from "./figures";
import styles from "./overview.module.css";
import { useWasNear } from "./useWasNear";

interface Decided {
  readonly reservations: NonNullable<Overview["reservations"]>;
}

const DecidedChart = lazy(() => import("./DecidedChart"));

/** How the reservations of the last 24 hours were decided, by hour. */
export default function DecidedReservations({ reservations }: Decided) {
  const totals = totalsOf(reservations.hours);
  const decided = OUTCOMES.reduce((sum, outcome) => sum + totals[outcome], 0);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${formatNumber(decided)})`}
          description={reservations.is_complete ? undefined : text("overview.reservations.incomplete")}
        >
          {text("overview.reservations")}
        </Header>
      }
    >
      {decided === 0 ? (
        <EmptyState title={text("overview.reservations.none")} />
      ) : (
        <div className={styles["chart"]}>
          <Chart reservations={reservations} />
          <Totals totals={totals} />
        </div>
      )}
    </Container>
  );
}

/** The chart, which loads when it comes into view: it is the last part of the page, and a large one. */
function Chart({ reservations: { hours } }: Decided) {
  const [ref, wasNear] = useWasNear<HTMLDivElement>();
  return (
    <div ref={ref} className={styles["hours"]}>
      {wasNear && (
        <Suspense fallback={<Loading />}>
          <DecidedChart hours={hours} />
        </Suspense>
      )}
    </div>
  );
}

function Totals({ totals }: { totals: Readonly<Record<Outcome, number>> }) {
  return (
    <ul className={styles["outcomes"]}>
      {OUTCOMES.map((outcome) => (
        <li key={outcome} className={styles["outcome"]}>
          <ReservationStatusIndicator status={STATUS_OF[outcome]} />
          <Box fontSize="heading-m">
            <RouterLink
              to={listOf(outcome)}
              fontSize="inherit"
              ariaLabel={`${text(`reservation_status.${STATUS_OF[outcome]}`)}: ${formatNumber(totals[outcome])}`}
            >
              {formatNumber(totals[outcome])}
            </RouterLink>
          </Box>
        </li>
      ))}
    </ul>
  );
}
