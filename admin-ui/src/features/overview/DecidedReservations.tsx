import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import {
  colorChartsStatusHigh,
  colorChartsStatusLow,
  colorChartsStatusNeutral,
  colorChartsStatusPositive,
} from "@cloudscape-design/design-tokens";

import type { Overview } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ReservationStatusIndicator } from "@/components/values/ReservationStatusIndicator";
import { text } from "@/i18n/text";
import { formatHour, formatNumber, formatWholeNumber } from "@/lib/formats";
import { type Outcome, OUTCOMES, STATUS_OF, totalsOf } from "./figures";
import styles from "./overview.module.css";

interface Decided {
  readonly reservations: NonNullable<Overview["reservations"]>;
}

const COLORS: Readonly<Record<Outcome, string>> = {
  committed: colorChartsStatusPositive,
  released: colorChartsStatusNeutral,
  rejected: colorChartsStatusLow,
  unfulfilled: colorChartsStatusHigh,
};

const listOf = (outcome: Outcome) => `/reservations?status=${STATUS_OF[outcome]}`;

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

function Chart({ reservations: { hours } }: Decided) {
  return (
    <BarChart
      stackedBars
      hideFilter
      height={200}
      ariaLabel={text("overview.reservations.per_hour")}
      xTitle={text("overview.reservations.hour")}
      yTitle={text("overview.reservations.count")}
      xScaleType="categorical"
      xDomain={hours.map(({ hour }) => hour)}
      i18nStrings={{ xTickFormatter: (hour: string) => formatHour(new Date(hour)), yTickFormatter: formatWholeNumber }}
      series={OUTCOMES.map((outcome) => ({
        type: "bar",
        title: text(`reservation_status.${STATUS_OF[outcome]}`),
        color: COLORS[outcome],
        valueFormatter: formatNumber,
        data: hours.map((hour) => ({ x: hour.hour, y: hour[outcome] })),
      }))}
      detailPopoverSeriesContent={({ series, y }) => {
        const outcome = OUTCOMES.find((outcome) => COLORS[outcome] === series.color) ?? "committed";
        return {
          key: series.title,
          value: (
            <RouterLink to={listOf(outcome)} fontSize="body-s">
              {formatNumber(y)}
            </RouterLink>
          ),
        };
      }}
    />
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
