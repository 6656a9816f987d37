import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { ImportMode } from "@/api/types";
import { text } from "@/i18n/text";

export type LoadMode = Exclude<ImportMode, "CHECK">;

const LOAD_MODES = ["ALL_OR_NONE", "GOOD_ROWS"] as const satisfies readonly LoadMode[];

interface LoadChoiceProps {
  fileName: string;
  /** Whether the check found rows that cannot be loaded. */
  hasProblems: boolean;
  /** The number of levels that the file sets to 0, if there are so many that this must be confirmed; else null. */
  zeros: number | null;
  isBusy: boolean;
  onLoad: (mode: LoadMode) => void;
}

/** Shown after a check: choose how to treat invalid rows, then load the file. */
export function LoadChoice({ fileName, hasProblems, zeros, isBusy, onLoad }: LoadChoiceProps) {
  const [mode, setMode] = useState<LoadMode>(hasProblems ? "GOOD_ROWS" : "ALL_OR_NONE");
  const [isConfirmed, setIsConfirmed] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const isBlocked = zeros !== null && !isConfirmed;
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
        {zeros !== null && (
          <Alert type="warning" header={text("import.zeros", { zeros })}>
            <SpaceBetween size="s">
              <div>{text("import.zeros.why")}</div>
              <FormField errorText={isTried && isBlocked ? text("import.zeros.missing") : undefined}>
                <Checkbox checked={isConfirmed} onChange={({ detail }) => setIsConfirmed(detail.checked)}>
                  {text("import.zeros.confirm", { zeros })}
                </Checkbox>
              </FormField>
            </SpaceBetween>
          </Alert>
        )}
        <Button
          variant="primary"
          loading={isBusy}
          onClick={() => {
            setIsTried(true);
            if (!isBlocked) onLoad(mode);
          }}
        >
          {text(`import.load.submit.${mode}`)}
        </Button>
      </SpaceBetween>
    </Container>
  );
}
