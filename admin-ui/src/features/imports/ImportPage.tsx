import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ComponentProps, useState } from "react";
import { useNavigate, useParams } from "react-router";

import { useExportCatalogue } from "@/api/catalogue/exportCatalogue";
import { hasEnded, useGetImport } from "@/api/catalogue/getImport";
import { type ImportRequest, useImportCatalogue } from "@/api/catalogue/importCatalogue";
import { ApiProblem } from "@/api/client/problem";
import { newIdempotencyKey } from "@/api/queries/idempotencyKey";
import { useSession } from "@/auth/SessionProvider";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { useCatalogueDownload } from "@/hooks/useCatalogueDownload";
import { text } from "@/i18n/text";
import { ChooseFile, FileFormat } from "./ChooseFile";
import { ImportReport } from "./report/ImportReport";
import { LoadChoice, type LoadMode } from "./LoadChoice";
import { verdictOf, zerosToConfirm } from "./report/verdict";

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

/** A file, and the import that has checked or loaded it. */
interface SentFile {
  readonly request: ImportRequest;
  readonly import_id: string;
  /** The same for every attempt to load the file, so that it is loaded once. */
  readonly load_key: string;
}

function Import({ importId }: { importId: string | null }) {
  const navigate = useNavigate();
  const importCatalogue = useImportCatalogue();
  const [sent, setSent] = useState<SentFile | null>(null);
  const [create, setCreate] = useState(true);
  const shown = sent?.import_id === importId ? sent : null;

  function send(request: ImportRequest, onSent?: () => void) {
    importCatalogue.mutate(request, {
      onSuccess: ({ import_id }) => {
        onSent?.();
        setSent({ request, import_id, load_key: newIdempotencyKey() });
        void navigate(`/import/${import_id}`);
      },
    });
  }

  const check = (file: File, withNewLevels = create) => {
    const idempotency_key = newIdempotencyKey();
    send({ file, mode: "CHECK", create: withNewLevels, confirmsZeros: false, idempotency_key });
  };
  const chooser = {
    onChosen: (file: File) => check(file),
    isBusy: importCatalogue.isPending,
    uploaded: importCatalogue.uploaded,
    create,
    onCreate: (withNewLevels: boolean) => {
      setCreate(withNewLevels);
      if (shown) check(shown.request.file, withNewLevels); // the report must show what the load would do
    },
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
      {importId === null && <ChooseFile {...chooser} header={text("import.file")} />}
      {importId === null && <FileFormat />}
      {importId !== null && (
        <ImportProgress
          key={importId}
          importId={importId}
          file={shown?.request.file ?? null}
          chooser={chooser}
          onLoad={(mode, confirmsZeros) => {
            if (shown) send({ ...shown.request, mode, confirmsZeros, idempotency_key: shown.load_key });
          }}
          onContinue={(onSent) => {
            if (shown) send(shown.request, onSent); // under the same key, so that only what is missing is loaded
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
  /** The file that was checked or loaded; null after the page was reloaded. */
  file: File | null;
  chooser: Omit<ComponentProps<typeof ChooseFile>, "header">;
  onLoad: (mode: LoadMode, confirmsZeros: boolean) => void;
  /** Send a file again whose import has stopped; `onSent` is called when it was accepted. */
  onContinue: (onSent: () => void) => void;
}

function ImportProgress({ importId, file, chooser, onLoad, onContinue }: ImportProgressProps) {
  const [continuedFrom, setContinuedFrom] = useState<string | null>(null);
  const { data: report, isError, error, refetch } = useGetImport(importId, continuedFrom);
  if (!report) {
    if (!isError) return <Loading />;
    if (error instanceof ApiProblem && error.isNotFound) return <NotFound />;
    return <ErrorState error={error} onRetry={() => void refetch()} />;
  }

  const isWaiting = report.updated_at === continuedFrom; // for the worker that continues
  const verdict = hasEnded(report) && !isWaiting ? verdictOf(report) : null;
  const isLoadable = verdict === "valid" || verdict === "partly_valid" || verdict === "unconfirmed";
  const zeros = zerosToConfirm(report);
  return (
    <SpaceBetween size="l">
      <ImportReport report={report} file={file} />
      {verdict === "stopped" && file && (
        <Button
          variant="primary"
          loading={chooser.isBusy}
          onClick={() => onContinue(() => setContinuedFrom(report.updated_at))}
        >
          {text("import.continue")}
        </Button>
      )}
      {isLoadable && file && (
        <LoadChoice
          fileName={file.name}
          hasProblems={verdict === "partly_valid"}
          zeros={zeros}
          isBusy={chooser.isBusy}
          onLoad={(mode) => onLoad(mode, zeros !== null)}
        />
      )}
      {verdict && (
        <ChooseFile {...chooser} header={text(isLoadable && !file ? "import.file.again" : "import.file.another")} />
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
