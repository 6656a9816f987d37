import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useExportCatalogue } from "@/api/catalogue/exportCatalogue";
import { hasEnded, useGetImport } from "@/api/catalogue/getImport";
import { type ImportRequest, useImportCatalogue } from "@/api/catalogue/importCatalogue";
import { ApiProblem } from "@/api/client/problem";
import { newIdempotencyKey } from "@/api/queries/idempotencyKey";
import type { ImportMode } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { useCatalogueDownload } from "@/hooks/useCatalogueDownload";
import { text } from "@/i18n/text";
import { ChooseFile, FileFormat } from "./ChooseFile";
import { ImportReport } from "./ImportReport";
import { LoadChoice } from "./LoadChoice";
import { verdictOf } from "./verdict";

/** Imports a catalogue in steps: choose a file, check it, load it. The import's id is in the address. */
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
  /** The same for every attempt to load the file, so that it is loaded once. */
  readonly load_key: string;
}

function Import({ importId }: { importId: string | null }) {
  const navigate = useNavigate();
  const importCatalogue = useImportCatalogue();
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  const loadable = checked?.import_id === importId ? checked : null;

  function send(request: ImportRequest) {
    importCatalogue.mutate(request, {
      onSuccess: ({ import_id }) => {
        const { file, mode } = request;
        setChecked(mode === "CHECK" ? { file, import_id, load_key: newIdempotencyKey() } : null);
        void navigate(`/import/${import_id}`);
      },
    });
  }

  const check = (file: File) => {
    send({ file, mode: "CHECK", idempotency_key: newIdempotencyKey() });
  };

  return (
    <SpaceBetween size="l">
      {importCatalogue.isError && (
        <ImportError
          error={importCatalogue.error}
          onRetry={() => {
            send(importCatalogue.variables);
          }}
        />
      )}
      {importId === null && (
        <ChooseFile header={text("import.file")} onChosen={check} isBusy={importCatalogue.isPending} />
      )}
      {importId === null && <FileFormat />}
      {importId !== null && (
        <ImportProgress
          key={importId}
          importId={importId}
          file={loadable?.file}
          isBusy={importCatalogue.isPending}
          onCheck={check}
          onLoad={(mode) => {
            if (loadable) send({ file: loadable.file, mode, idempotency_key: loadable.load_key });
          }}
        />
      )}
    </SpaceBetween>
  );
}

function ImportError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  // The response to a load was lost, and then the file was sent again with the other mode.
  if (error instanceof ApiProblem && error.code === "IDEMPOTENCY_CONFLICT") {
    return (
      <Alert type="warning" header={text("import.load.already_submitted")}>
        {text("import.load.already_submitted.what")}
      </Alert>
    );
  }
  return <ErrorState error={error} onRetry={onRetry} />;
}

interface ImportProgressProps {
  importId: string;
  /** The file that was checked; undefined after the page was reloaded. */
  file: File | undefined;
  isBusy: boolean;
  onCheck: (file: File) => void;
  onLoad: (mode: Exclude<ImportMode, "CHECK">) => void;
}

function ImportProgress({ importId, file, isBusy, onCheck, onLoad }: ImportProgressProps) {
  const { data: report, isError, error, refetch } = useGetImport(importId);
  if (!report) {
    if (!isError) return <Loading />;
    if (error instanceof ApiProblem && error.isNotFound) return <NotFound />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }

  const verdict = hasEnded(report) ? verdictOf(report) : null;
  const isLoadable = verdict === "valid" || verdict === "partly_valid";
  return (
    <SpaceBetween size="l">
      <ImportReport report={report} />
      {isLoadable && file && (
        <LoadChoice fileName={file.name} hasProblems={verdict === "partly_valid"} isBusy={isBusy} onLoad={onLoad} />
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
  const exportCatalogue = useExportCatalogue();
  const download = useCatalogueDownload();
  return (
    <Button
      iconName="download"
      loading={exportCatalogue.isPending}
      onClick={() => {
        exportCatalogue.mutate({}, download);
      }}
    >
      {text("import.export")}
    </Button>
  );
}
