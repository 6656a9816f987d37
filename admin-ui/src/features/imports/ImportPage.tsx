import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { hasEnded, type Submission, useImport, useSubmitImport } from "@/api/catalogue/imports";
import { ApiProblem } from "@/api/client/problem";
import { useExport } from "@/api/levels/levels";
import { newKey } from "@/api/queries/queries";
import type { ImportMode } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { useCatalogueDownload } from "@/hooks/useCatalogueDownload";
import { text } from "@/i18n/text";
import { ChooseFile, FileFormat } from "./ChooseFile";
import { Report } from "./ImportReport";
import { LoadChoice } from "./LoadChoice";
import { verdictOf } from "./verdict";

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

/** A file, and the import that has checked it. */
interface CheckedFile {
  readonly file: File;
  readonly import_id: string;
  /** Names the load that follows: it is one, whichever button sends it and however often. */
  readonly load_key: string;
}

function Import({ importId }: { importId: string | null }) {
  const navigate = useNavigate();
  const submit = useSubmitImport();
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  const loadable = checked?.import_id === importId ? checked : null;

  function send(submission: Submission) {
    submit.mutate(submission, {
      onSuccess: ({ import_id }) => {
        const { file, mode } = submission;
        setChecked(mode === "CHECK" ? { file, import_id, load_key: newKey() } : null);
        void navigate(`/import/${import_id}`);
      },
    });
  }

  const check = (file: File) => {
    send({ file, mode: "CHECK", idempotency_key: newKey() });
  };
  const problem =
    submit.isError &&
    (isHandedIn(submit.error) ? (
      <Alert type="warning" header={text("import.load.handed_in")}>
        {text("import.load.handed_in.what")}
      </Alert>
    ) : (
      <ErrorState
        error={submit.error}
        onRetry={() => {
          send(submit.variables);
        }}
      />
    ));

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
        file={loadable?.file}
        isBusy={submit.isPending}
        onCheck={check}
        onLoad={(mode) => {
          if (loadable) send({ file: loadable.file, mode, idempotency_key: loadable.load_key });
        }}
      />
    </SpaceBetween>
  );
}

/** The answer to a load was lost, and then it was sent in another mode. */
function isHandedIn(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === "IDEMPOTENCY_CONFLICT";
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
    if (error instanceof ApiProblem && error.isNotFound) return <NotFound />;
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
  const everything = useExport();
  const download = useCatalogueDownload();
  return (
    <Button
      iconName="download"
      loading={everything.isPending}
      onClick={() => {
        everything.mutate({}, download);
      }}
    >
      {text("import.export")}
    </Button>
  );
}
