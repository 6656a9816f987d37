import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { ImportMode } from "@/api/types";
import { text } from "@/i18n/text";

type LoadMode = Exclude<ImportMode, "CHECK">;

const LOAD_MODES = ["ALL_OR_NONE", "GOOD_ROWS"] as const satisfies readonly LoadMode[];

interface LoadChoiceProps {
  fileName: string;
  /** Whether the check found rows that cannot be loaded. */
  hasProblems: boolean;
  isBusy: boolean;
  onLoad: (mode: LoadMode) => void;
}

/** Shown after a check: choose how to treat invalid rows, then load the file. */
export function LoadChoice({ fileName, hasProblems, isBusy, onLoad }: LoadChoiceProps) {
  const [mode, setMode] = useState<LoadMode>(hasProblems ? "GOOD_ROWS" : "ALL_OR_NONE");
  return (
    <Container header={<Header variant="h2">{text("import.load", { file: fileName })}</Header>}>
      <SpaceBetween size="l">
        <FormField label={text("import.load.mode")} stretch>
          <RadioGroup
            value={mode}
            items={LOAD_MODES.map((value) => ({
              value,
              label: text(`import.load.${value}`),
              description: text(
                value === "ALL_OR_NONE" && hasProblems ? "import.load.not_now" : `import.load.${value}.why`,
              ),
              disabled: value === "ALL_OR_NONE" && hasProblems,
            }))}
            onChange={({ detail }) => {
              setMode(LOAD_MODES.find((value) => value === detail.value) ?? "ALL_OR_NONE");
            }}
          />
        </FormField>
        <Button
          variant="primary"
          loading={isBusy}
          onClick={() => {
            onLoad(mode);
          }}
        >
          {text(`import.load.submit.${mode}`)}
        </Button>
      </SpaceBetween>
    </Container>
  );
}
