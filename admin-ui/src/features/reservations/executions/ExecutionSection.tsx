import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useInspectExecution } from "@/api/operations/inspectExecution";
import type { ExecutionDetails } from "@/api/types";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { CopyableId } from "@/components/values/CopyableId";
import { Time } from "@/components/values/Time";
import { useSettings } from "@/hooks/SettingsProvider";
import { text } from "@/i18n/text";
import { FailureCause } from "./FailureCause";
import { ScrolledContent } from "./ScrolledContent";

interface ExecutionSectionProps {
  execution_name: string;
  /** Whether its reservation waits for a payment. */
  isWaiting: boolean;
}

/** The execution of a reservation. It is read when the section is opened: the quota of Step Functions is small. */
export function ExecutionSection({ execution_name, isWaiting }: ExecutionSectionProps) {
  const [isOpen, setIsOpen] = useState(false);
  const execution = useInspectExecution(execution_name, { isWanted: isOpen, isWaiting });
  return (
    <ExpandableSection
      variant="container"
      headerText={text("execution.section")}
      headerDescription={text("execution.section.what")}
      expanded={isOpen}
      onChange={({ detail }) => {
        setIsOpen(detail.expanded);
      }}
    >
      {execution.data ? (
        <Details execution={execution.data} />
      ) : execution.isError ? (
        <ErrorState error={execution.error} onRetry={() => void execution.refetch()} />
      ) : (
        isOpen && <Loading />
      )}
    </ExpandableSection>
  );
}

function Details({ execution }: { execution: ExecutionDetails }) {
  const settings = useSettings();
  const { status, error, cause, trace_id } = execution;
  return (
    <SpaceBetween size="l">
      <KeyValuePairs
        columns={3}
        minColumnWidth={170}
        items={[
          {
            label: text("execution.name"),
            value: <CopyableId value={execution.execution_name} label={text("execution.name")} />,
          },
          { label: text("execution.status"), value: statusText(status) },
          { label: text("execution.started_at"), value: <Time value={execution.started_at} /> },
          { label: text("execution.ended_at"), value: <Time value={execution.ended_at} /> },
          { label: text("execution.trace"), value: <CopyableId value={trace_id} label={text("execution.trace")} /> },
          ...(error === null ? [] : [{ label: text("executions.column.error"), value: error }]),
        ]}
      />
      <FailureCause cause={cause} />
      {settings.console && <Links links={execution.links} />}
      <Content label={text("execution.input")} content={execution.input} />
      <Content label={text("execution.output")} content={execution.output} />
    </SpaceBetween>
  );
}

const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"] as const;

function statusText(status: string | null): string {
  if (status === null) return text("execution.status.gone");
  const known = STATUSES.find((one) => one === status);
  return known ? text(`execution_status.${known}`) : status; // newer than the page
}

function Links({ links }: { links: ExecutionDetails["links"] }) {
  return (
    <SpaceBetween direction="horizontal" size="m">
      {(["execution", "logs", "trace", "dashboard"] as const).map((what) => {
        const href = links[what];
        return (
          href !== null && (
            <Link key={what} external href={href}>
              {text(`execution.link.${what}`)}
            </Link>
          )
        );
      })}
    </SpaceBetween>
  );
}

function Content({ label, content }: { label: string; content: unknown }) {
  if (content === null || content === undefined) return null;
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <ScrolledContent label={label} content={content} />
    </div>
  );
}
