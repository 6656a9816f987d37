import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileDropzone from "@cloudscape-design/components/file-dropzone";
import FileInput from "@cloudscape-design/components/file-input";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";

import { EXPORT_COLUMNS } from "@/api/catalogue/columns";
import { FILE_BYTES_MAX, ROWS_MAX } from "@/api/limits";
import { text } from "@/i18n/text";
import { download } from "@/lib/files/download";
import { type FileError, readCatalogueFile, TEMPLATE } from "./catalogueFile";

interface ChooseFileProps {
  header: string;
  onChosen: (file: File) => void;
  isBusy: boolean;
  /** The share of the file that was sent, from 0 to 1; null while it is not uploaded. */
  uploaded: number | null;
  /** Whether rows of levels that do not exist create them. */
  create: boolean;
  onCreate: (create: boolean) => void;
}

/** Lets the user drop or choose a file, and shows its limits. */
export function ChooseFile({ header, onChosen, isBusy, uploaded, create, onCreate }: ChooseFileProps) {
  const [error, setError] = useState<FileError | null>(null);

  async function choose(files: readonly File[]) {
    const file = files[0];
    if (!file || isBusy) return;
    const read = await readCatalogueFile(file);
    setError(typeof read === "string" ? read : null);
    if (typeof read !== "string") onChosen(read);
  }

  return (
    <Container header={<Header variant="h2">{header}</Header>}>
      <SpaceBetween size="m">
        <FileDropzone onChange={({ detail }) => void choose(detail.value)}>
          <SpaceBetween size="xs" alignItems="center">
            {uploaded !== null ? (
              <ProgressBar label={text("import.sending")} value={Math.floor(uploaded * 100)} />
            ) : isBusy ? (
              <StatusIndicator type="loading">{text("import.sending")}</StatusIndicator>
            ) : (
              <>
                <Box color="text-body-secondary" textAlign="center">
                  {text("import.drop")}
                </Box>
                <FileInput accept=".csv,text/csv" value={[]} onChange={({ detail }) => void choose(detail.value)}>
                  {text("import.choose")}
                </FileInput>
              </>
            )}
            <Box color="text-body-secondary" fontSize="body-s" textAlign="center">
              {text("import.limits", { most: FILE_BYTES_MAX / 1e6, rows: ROWS_MAX })}
            </Box>
          </SpaceBetween>
        </FileDropzone>
        <Toggle
          checked={!create}
          disabled={isBusy}
          description={text("import.existing_only.why")}
          onChange={({ detail }) => onCreate(!detail.checked)}
        >
          {text("import.existing_only")}
        </Toggle>
        {error && (
          <Alert type="error" header={text("import.file_error")}>
            {error === "too_large"
              ? text("import.file_error.too_large", { most: FILE_BYTES_MAX / 1e6 })
              : text(`import.file_error.${error}`)}
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}

/** The columns of a catalogue, and a template to download. */
export function FileFormat() {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={text("import.format.why")}
          actions={
            <Button
              iconName="download"
              onClick={() => {
                download(new Blob([TEMPLATE], { type: "text/csv" }), "inventory-template.csv");
              }}
            >
              {text("import.template")}
            </Button>
          }
        >
          {text("import.format")}
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={EXPORT_COLUMNS.map((column) => ({
          label: <Box variant="code">{column}</Box>,
          value: text(`import.column.${column}`),
        }))}
      />
    </Container>
  );
}
