import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileDropzone from "@cloudscape-design/components/file-dropzone";
import FileInput from "@cloudscape-design/components/file-input";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { CATALOGUE_COLUMNS } from "@/api/catalogue/columns";
import { text } from "@/i18n/text";
import { download } from "@/lib/download";
import { type FileError, readCatalogueFile, TEMPLATE } from "./catalogueFile";

interface ChooseFileProps {
  onChosen: (file: File) => void;
  isBusy: boolean;
  header: string;
}

/** Lets the user drop or choose a file, and shows its limits. */
export function ChooseFile({ onChosen, isBusy, header }: ChooseFileProps) {
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
            {isBusy ? (
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
              {text("import.limits")}
            </Box>
          </SpaceBetween>
        </FileDropzone>
        {error && (
          <Alert type="error" header={text("import.file_error")}>
            {text(`import.file_error.${error}`)}
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
        items={CATALOGUE_COLUMNS.map((column) => ({
          label: <Box variant="code">{column}</Box>,
          value: text(`import.column.${column}`),
        }))}
      />
    </Container>
  );
}
