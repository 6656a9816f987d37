import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { Overview } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { text } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { type Attention, type Figure, figuresOf } from "./figures";
import styles from "./overview.module.css";

const INDICATORS: Readonly<Record<Exclude<Attention, "none">, StatusIndicatorProps.Type>> = {
  watch: "warning",
  act: "error",
};

/** The figures. Each is a link to the list that it counts. */
export function FigureCards({ overview }: { overview: Overview }) {
  return (
    <ul className={styles["cards"]}>
      {figuresOf(overview).map((figure) => (
        <li key={figure.name}>
          <FigureCard figure={figure} overview={overview} />
        </li>
      ))}
    </ul>
  );
}

function FigureCard({ figure, overview }: { figure: Figure; overview: Overview }) {
  const label = text(`overview.${figure.name}`);
  const value = shown(figure.value, overview);
  return (
    <Container fitHeight>
      <Box variant="awsui-key-label">
        {figure.attention === "none" ? (
          label
        ) : (
          <StatusIndicator type={INDICATORS[figure.attention]}>
            <span className={styles["label"]}>{label}</span>
          </StatusIndicator>
        )}
      </Box>
      <RouterLink to={figure.to} variant="awsui-value-large" ariaLabel={`${label}: ${value}`}>
        {value}
      </RouterLink>
      <Box color="text-body-secondary" padding={{ top: "xxs" }}>
        {caption(figure, overview)}
      </Box>
    </Container>
  );
}

function shown(value: number | null, { is_complete }: Overview): string {
  if (value === null) return "–";
  const counted = formatNumber(value);
  return is_complete ? counted : text("overview.at_least", { value: counted });
}

function caption({ name, value }: Figure, { stock, holds }: Overview): string {
  if (value === null) return text("overview.not_available");
  switch (name) {
    case "unfulfilled":
      return value > 0 ? text("overview.unfulfilled.some", { count: value }) : text("overview.unfulfilled.none");
    case "sold_out":
    case "low":
      return text("overview.of_levels", { levels: stock?.levels ?? 0 });
    case "holds":
      return holds.units === null
        ? text("overview.holds.units.unknown")
        : text("overview.holds.units", { units: holds.units });
  }
}
