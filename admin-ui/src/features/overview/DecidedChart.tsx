import BarChart from "@cloudscape-design/components/bar-chart";
import {
  colorChartsStatusHigh,
  colorChartsStatusLow,
  colorChartsStatusNeutral,
  colorChartsStatusPositive,
} from "@cloudscape-design/design-tokens";

import type { DecidedHour } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { text } from "@/i18n/text";
import { formatHour, formatNumber, formatWholeNumber } from "@/lib/formats";
import { listOf, type Outcome, OUTCOMES, STATUS_OF } from "./figures";

const COLORS: Readonly<Record<Outcome, string>> = {
  committed: colorChartsStatusPositive,
  released: colorChartsStatusNeutral,
  rejected: colorChartsStatusLow,
  unfulfilled: colorChartsStatusHigh,
};

/** How the reservations were decided, a bar for each hour. */
export default function DecidedChart({ hours }: { hours: readonly DecidedHour[] }) {
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
