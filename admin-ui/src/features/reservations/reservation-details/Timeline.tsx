import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";

import type { ReservationStory } from "@/api/types";
import { EmptyState } from "@/components/feedback/EmptyState";
import { Time } from "@/components/values/Time";
import { useSettings } from "@/hooks/SettingsProvider";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { formatDuration } from "@/lib/durations";
import { endingOf } from "../outcome";
import styles from "./reservation-details.module.css";
import { isDecidedAfterwards, knownState, stayMs, stepStatus, type Visit } from "./timelineSteps";

/** The states that the reservation's workflow went through, and what happened after it. */
export function Timeline({ story }: { story: ReservationStory }) {
  const settings = useSettings();
  const steps = [...story.history.map(stepOf), ...(isDecidedAfterwards(story) ? [afterwards(story)] : [])];
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            settings.console && (
              <Link external href={story.execution_console_url}>
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
        {!settings.console && story.history.length > 0 && (
          <ExpandableSection headerText={text("reservation.timeline.raw")}>
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- else the keyboard could not scroll it */}
            <div className={styles["raw"]} tabIndex={0} role="region" aria-label={text("reservation.timeline.raw")}>
              <Box variant="pre">{JSON.stringify(story.history, null, 2)}</Box>
            </div>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Container>
  );
}

function stepOf(visit: Visit): StepsProps.Step {
  const status = stepStatus(visit);
  const known = knownState(visit.state);
  return {
    status,
    statusIconAriaLabel: text(`reservation.step.${status}`),
    header: known ? text(`reservation.state.${known}`) : visit.state,
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={visit.entered_at} isFocusable={false} /> · <Stay visit={visit} />
        {known && ` · ${visit.state}`}
      </Box>
    ),
  };
}

function Stay({ visit }: { visit: Visit }) {
  return visit.left_at === null && stepStatus(visit) === "in-progress" ? (
    <StayUntilNow visit={visit} />
  ) : (
    formatDuration(visit.left_at === null ? 0 : stayMs(visit, 0))
  );
}

function StayUntilNow({ visit }: { visit: Visit }) {
  const now = useNow(1_000);
  return text("reservation.timeline.since", { duration: formatDuration(stayMs(visit, now)) });
}

function afterwards(story: ReservationStory): StepsProps.Step {
  const status = story.rescued ? "success" : "error";
  return {
    status,
    statusIconAriaLabel: text(`reservation.step.${status}`),
    header: text(`reservation.ending.${endingOf(story) ?? "SOLD"}`),
    details: (
      <Box color="text-body-secondary" fontSize="body-s">
        <Time value={story.decided_at} isFocusable={false} />
      </Box>
    ),
  };
}
