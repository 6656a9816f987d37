import Alert, { type AlertProps } from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { hasEnded } from "@/api/catalogue/getImport";
import type { Import } from "@/api/types";
import { RouterLink } from "@/components/controls/RouterLink";
import { Quantity } from "@/components/values/Quantity";
import { Time } from "@/components/values/Time";
import { text } from "@/i18n/text";
import { ImportProblems } from "./ImportProblems";
import { NewLevels } from "./NewLevels";
import { problemsOf, progressOf, type Verdict, verdictOf } from "./verdict";

const ALERTS: Readonly<Record<Verdict, AlertProps.Type>> = {
  nothing_to_change: "info",
  valid: "success",
  partly_valid: "warning",
  unusable: "error",
  loaded: "success",
  loaded_except: "warning",
  refused: "error",
  unconfirmed: "warning",
  stopped: "error",
};

type Figure = "created" | "changed" | "unchanged" | "failed";

/** The progress of an import, or its result. @param file what was sent; null after the page was reloaded */
export function ImportReport({ report, file }: { report: Import; file: File | null }) {
  return (
    <SpaceBetween size="l">
      {hasEnded(report) ? <Result report={report} /> : <Progress report={report} />}
      {hasEnded(report) && report.new.length > 0 && <NewLevels key={report.mode} report={report} />}
      {problemsOf(report).count > 0 && <ImportProblems report={report} file={file} />}
    </SpaceBetween>
  );
}

function Progress({ report }: { report: Import }) {
  const { mode, rows, done, status } = report;
  const label = text(mode === "CHECK" ? "import.checking" : "import.loading");
  return (
    <Container>
      {status === "PENDING" || rows === 0 ? (
        <StatusIndicator type="loading">{label}</StatusIndicator>
      ) : (
        <ProgressBar
          value={progressOf(report)}
          label={label}
          description={text("import.loading.reload")}
          additionalInfo={text("import.loading.rows", { done, rows })}
        />
      )}
    </Container>
  );
}

function Result({ report }: { report: Import }) {
  const verdict = verdictOf(report);
  const isCheck = report.mode === "CHECK";
  const { rows, done, created, changed, unchanged, failed } = report;
  const figures = { rows, done, written: created + changed, problems: problemsOf(report).count };
  const label = (name: Figure) => text(`import.report.${isCheck ? "would_be" : "was"}.${name}`);
  return (
    <SpaceBetween size="l">
      <Alert
        type={ALERTS[verdict]}
        header={text(`import.verdict.${verdict}`)}
        action={!isCheck && created + changed > 0 && <RouterLink to="/stock">{text("import.show_stock")}</RouterLink>}
      >
        {verdict === "stopped" && isCheck
          ? text("import.verdict.stopped.check")
          : text(`import.verdict.${verdict}.what`, figures)}
      </Alert>
      <Container
        header={
          <Header variant="h2" description={text("import.report.actor", { actor: report.actor })}>
            {text(isCheck ? "import.report.check" : "import.report.load")}
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          minColumnWidth={160}
          items={[
            { label: text("import.report.rows"), value: <Quantity value={rows} /> },
            { label: label("created"), value: <Quantity value={created} /> },
            { label: label("changed"), value: <Quantity value={changed} /> },
            { label: label("unchanged"), value: <Quantity value={unchanged} /> },
            { label: label("failed"), value: <Quantity value={failed} /> },
            { label: text("import.report.ended_at"), value: <Time value={report.ended_at} /> },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}
