import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { hasEnded, useImport, useSubmitImport } from "../../api/imports";
import { useExport } from "../../api/levels";
import { ApiProblem } from "../../api/problem";
import type { ImportMode } from "../../api/types";
import { download } from "../../components/download";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState, problemDetail, problemTitle } from "../../components/ErrorState";
import { Loading } from "../../components/Loading";
import { PageHeader } from "../../components/PageHeader";
import { useSession } from "../../session/SessionProvider";
import { useNotifications } from "../../shell/Notifications";
import { text } from "../../texts/text";
import { ChooseFile, FileFormat } from "./ChooseFile";
import { LoadChoice } from "./LoadChoice";
import { Report } from "./Report";
import { verdictOf } from "./report";

/** A catalogue goes in: chosen, checked, loaded. What is under way is in the address, so a reload loses nothing. */
export function ImportPage() {
  const { mayEdit } = useSession();
  const { import_id = null } = useParams();
  return (
    <ContentLayout
      header={
        <PageHeader title={text("import.title")} description={text("import.description")} actions={<ExportButton />} />
      }
    >
      {mayEdit ? (
        <Import importId={import_id} />
      ) : (
        <EmptyState title={text("import.managers")}>{text("import.managers.why")}</EmptyState>
      )}
    </ContentLayout>
  );
}

interface Submission {
  readonly file: File;
  readonly mode: ImportMode;
}

/** A file, and the import that has checked it. */
interface CheckedFile {
  readonly file: File;
  readonly import_id: string;
}

function Import({ importId }: { importId: string | null }) {
  const navigate = useNavigate();
  const submit = useSubmitImport();
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  const file = checked !== null && checked.import_id === importId ? checked.file : undefined;

  function send(submission: Submission) {
    submit.mutate(submission, {
      onSuccess: ({ import_id }) => {
        setChecked(submission.mode === "CHECK" ? { file: submission.file, import_id } : null);
        void navigate(`/import/${import_id}`);
      },
    });
  }

  const check = (file: File) => {
    send({ file, mode: "CHECK" });
  };
  const problem = submit.isError && (
    <ErrorState
      error={submit.error}
      onRetry={() => {
        send(submit.variables);
      }}
    />
  );

  if (importId === null) {
    return (
      <SpaceBetween size="l">
        {problem}
        <ChooseFile header={text("import.file")} onChosen={check} isBusy={submit.isPending} />
        <FileFormat />
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="l">
      {problem}
      <Watched
        key={importId}
        importId={importId}
        file={file}
        isBusy={submit.isPending}
        onCheck={check}
        onLoad={(mode) => {
          if (file) send({ file, mode });
        }}
      />
    </SpaceBetween>
  );
}

interface WatchedProps {
  importId: string;
  /** The file that was checked; not there any more after the page was loaded anew. */
  file: File | undefined;
  isBusy: boolean;
  onCheck: (file: File) => void;
  onLoad: (mode: Exclude<ImportMode, "CHECK">) => void;
}

function Watched({ importId, file, isBusy, onCheck, onLoad }: WatchedProps) {
  const { data: report, isError, error, refetch } = useImport(importId);
  if (!report) {
    if (!isError) return <Loading />;
    if (isNotFound(error)) return <NotFound />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }

  const verdict = hasEnded(report) ? verdictOf(report) : null;
  const isLoadable = verdict === "good" || verdict === "partly_good";
  return (
    <SpaceBetween size="l">
      <Report report={report} />
      {isLoadable && file && (
        <LoadChoice fileName={file.name} hasProblems={verdict === "partly_good"} isBusy={isBusy} onLoad={onLoad} />
      )}
      {verdict && (
        <ChooseFile
          header={text(isLoadable && !file ? "import.file.again" : "import.file.another")}
          onChosen={onCheck}
          isBusy={isBusy}
        />
      )}
    </SpaceBetween>
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiProblem && ["IMPORT_NOT_FOUND", "VALIDATION_FAILED"].includes(error.code);
}

function NotFound() {
  const navigate = useNavigate();
  return (
    <EmptyState
      title={text("import.not_found")}
      action={<Button onClick={() => void navigate("/import")}>{text("import.not_found.new")}</Button>}
    >
      {text("import.not_found.why")}
    </EmptyState>
  );
}

function ExportButton() {
  const { notify } = useNotifications();
  const everything = useExport();
  return (
    <Button
      iconName="download"
      loading={everything.isPending}
      onClick={() => {
        everything.mutate(
          {},
          {
            onSuccess: (csv) => {
              download(csv, "inventory.csv");
            },
            onError: (error) => {
              notify({ type: "error", header: problemTitle(error), content: problemDetail(error) });
            },
          },
        );
      }}
    >
      {text("import.export")}
    </Button>
  );
}
