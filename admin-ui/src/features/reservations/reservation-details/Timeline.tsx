import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";

import type { ReservationDetails } from "@/api/types";
import { EmptyState } from "@/components/feedback/EmptyState";
import { Time } from "@/components/values/Time";
import { useSettings } from "@/hooks/SettingsProvider";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatDuration } from "@/lib/durations";
import { ChangedLines } from "../ChangedLines";
import { endOfWait, outcomeOf } from "../outcome";
import styles from "./reservation-details.module.css";
import {
  durationMs,
  endedWaitOf,
  eventsOf,
  hasLatePayment,
  knownState,
  type LinesChange,
  type StateVisit,
  stepStatus,
  type TimelineEvent,
} from "./timelineSteps";

/** The states that the reservation's workflow went through, the changes meanwhile, and a late payment after its end. */
export function Timeline({ details }: { details: ReservationDetails }) {
  const settings = useSettings();
  const steps = [
    ...eventsOf(details).map((event) => stepOf(event, details)),
    ...(hasLatePayment(details) ? [latePaymentStep(details)] : []),
  ];
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            settings.console && (
              <Link external href={details.execution_console_url}>
                {text("reservation.timeline.console")}
              </Link>
            )
          }
        >
          {text("reservation.timeline")}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {steps.length > 0 ? (
          <Steps ariaLabel={text("reservation.timeline")} steps={steps} />
        ) : (
          <EmptyState title={text("reservation.timeline.none")}>{text("reservation.timeline.none.why")}</EmptyState>
        )}
        {!settings.console && details.history.length > 0 && (
          <ExpandableSection headerText={text("reservation.timeline.raw")}>
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- so that the keyboard can scroll it */}
            <div className={styles["raw"]} tabIndex={0} role="region" aria-label={text("reservation.timeline.raw")}>
              <Box variant="pre">{JSON.stringify(details.history, null, 2)}</Box>
            </div>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  );
}

function stepOf(event: TimelineEvent, details: ReservationDetails): StepsProps.Step {
  if ("change" in event) return changeStep(event.change);
  const end = event.visit === endedWaitOf(details.history) ? endOfWait(details) : null;
  return end === null ? visitStep(event.visit) : waitStep(event.visit, end);
}

/** The wait for the payment, with what ended it. */
function waitStep(visit: StateVisit, end: NonNullable<ReturnType<typeof endOfWait>>): StepsProps.Step {
  return {
    ...visitStep(visit),
    status: end === "PAID" ? "success" : "stopped",
    statusIconAriaLabel: text(`reservation.wait.${end}`),
    header: text("reservation.wait", { end: text(`reservation.wait.${end}`) }),
  };
}

function visitStep(visit: StateVisit): StepsProps.Step {
  const status = stepStatus(visit);
  const known = knownState(visit.state);
  return {
    status,
    statusIconAriaLabel: text(`reservation.step.${status}`),
    header: known ? text(`reservation.state.${known}`) : visit.state,
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={visit.entered_at} isFocusable={false} /> · <Duration visit={visit} />
        {known && ` · ${visit.state}`}
      </Box>
    ),
  };
}

function changeStep(change: LinesChange): StepsProps.Step {
  return {
    status: "success",
    statusIconAriaLabel: text("reservation.step.success"),
    header: text("reservation.timeline.change"),
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={change.at} isFocusable={false} />
        <ChangedLines of={change} />
      </Box>
    ),
  };
}

function Duration({ visit }: { visit: StateVisit }) {
  return stepStatus(visit) === "in-progress" ? (
    <DurationUntilNow visit={visit} />
  ) : (
    formatDuration(visit.left_at === null ? 0 : durationMs(visit, 0))
  );
}

function DurationUntilNow({ visit }: { visit: StateVisit }) {
  const now = useNow(1_000);
  return text("reservation.timeline.since", { duration: formatDuration(durationMs(visit, now)) });
}

function latePaymentStep(details: ReservationDetails): StepsProps.Step {
  const status = details.rescued ? "success" : "error";
  return {
    status,
    statusIconAriaLabel: text(`reservation.step.${status}`),
    header: text(`reservation.outcome.${outcomeOf(details) ?? "SOLD"}`),
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={details.decided_at} isFocusable={false} />
      </Box>
    ),
  };
}
