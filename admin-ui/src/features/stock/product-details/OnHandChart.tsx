import LineChart from "@cloudscape-design/components/line-chart";

import { text } from "@/i18n/text";
import { formatClock, formatDate, formatNumber, formatWholeNumber } from "@/lib/formats";
import type { History } from "./history";

/** A line for each warehouse. */
export default function OnHandChart({ histories }: { histories: readonly History[] }) {
  const points = histories.flatMap((history) => history.points);
  const times = points.map(({ at }) => at.getTime());
  const most = Math.max(1, ...points.map(({ on_hand }) => on_hand));
  return (
    <LineChart
      hideFilter
      height={220}
      ariaLabel={text("product.on_hand")}
      xTitle={text("product.on_hand.time")}
      yTitle={text("stock.column.on_hand")}
      xScaleType="time"
      xDomain={[new Date(Math.min(...times)), new Date(Math.max(...times))]}
      yDomain={[0, most * 1.05]}
      i18nStrings={{ xTickFormatter: formatTick, yTickFormatter: formatWholeNumber }}
      series={histories.map(({ warehouse_id, points }) => ({
        type: "line",
        title: warehouse_id,
        valueFormatter: formatNumber,
        data: points.map(({ at, on_hand }) => ({ x: at, y: on_hand })),
      }))}
    />
  );
}

function formatTick(at: Date): string {
  return `${formatDate(at)}\n${formatClock(at)}`;
}
