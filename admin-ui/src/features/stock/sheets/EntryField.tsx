import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import LiveRegion from "@cloudscape-design/components/live-region";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useFilterValues } from "@/api/read-model/getOverview";
import { useInitialFocus } from "@/hooks/useInitialFocus";
import { text } from "@/i18n/text";
import { type Added, addEntries } from "./state/entering/addEntries";
import { type Entries, parseEntries, type WrongLine } from "./state/entering/parseEntries";
import type { Sheet } from "./state/sheet";
import type { UpdateSheet } from "./state/useStoredSheet";
import { WrongLines } from "./WrongLines";
import styles from "./sheets.module.css";

const REPEATED_SHOWN_MAX = 5;

interface EntryFieldProps {
  sheet: Sheet;
  update: UpdateSheet;
}

/** The warehouse, and the field into which one types, scans or pastes. Enter adds the line, and the field is empty again. */
export function EntryField({ sheet, update }: EntryFieldProps) {
  const field = useInitialFocus<InputProps.Ref>();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<readonly WrongLine[]>([]);
  const [added, setAdded] = useState("");
  const [pasted, setPasted] = useState("");

  function add(entered: string) {
    const { entries, wrong } = parseEntries(entered, sheet.kind);
    const now = Date.now();
    let refused: readonly WrongLine[] = [];
    update((current) => {
      const result = addEntries(current, entries, now);
      refused = result.wrong;
      setAdded(addedText(entries, result));
      setPasted(entries.length > 1 ? pastedText(result) : "");
      return result.sheet;
    });
    setWrong((before) => [...before, ...wrong, ...refused]); // until they are dismissed, so that none is missed
    setTyped("");
    field.current?.focus();
  }

  return (
    <Container>
      <SpaceBetween size="m">
        <Warehouse sheet={sheet} update={update} />
        <FormField label={text("sheet.entry")} description={text(`${sheet.kind}.entry.what`)} stretch>
          <div
            className={styles["entry"]}
            onPasteCapture={(event) => {
              const pasted = event.clipboardData.getData("text");
              if (!/[\r\n]/.test(pasted.trim())) return; // one line is pasted into the field
              event.preventDefault();
              add(pasted);
            }}
          >
            <Input
              ref={field}
              value={typed}
              autoComplete={false}
              spellcheck={false}
              disableBrowserAutocorrect
              onChange={({ detail }) => setTyped(detail.value)}
              onKeyDown={({ detail }) => {
                if (detail.key === "Enter" && !detail.isComposing && typed.trim() !== "") add(typed);
              }}
            />
            <Button disabled={typed.trim() === ""} onClick={() => add(typed)}>
              {text("sheet.add")}
            </Button>
          </div>
        </FormField>
        {pasted !== "" && <Box color="text-body-secondary">{pasted}</Box>}
        <WrongLines lines={wrong} onDismiss={() => setWrong([])} />
      </SpaceBetween>
      <LiveRegion hidden>{added}</LiveRegion>
    </Container>
  );
}

function addedText(entries: Entries["entries"], { count }: Added): string {
  const last = entries.at(-1);
  if (!last || count === 0) return "";
  return count > 1
    ? text("sheet.pasted", { count })
    : text("sheet.added", { product_id: last.product_id, units: last.quantity });
}

/** What became of a pasted list, with the products whose units were added up. */
function pastedText({ count, repeated }: Added): string {
  const sentence = text("sheet.pasted", { count });
  if (repeated.length === 0) return sentence;
  const first = repeated.slice(0, REPEATED_SHOWN_MAX).join(", ");
  return `${sentence} ${text("sheet.repeated", { count: repeated.length, first, more: Math.max(0, repeated.length - REPEATED_SHOWN_MAX) })}`;
}

/** The warehouse of the sheet. It is chosen before the first line, which is looked up there. */
function Warehouse({ sheet: { warehouse_id, lines }, update }: EntryFieldProps) {
  const { warehouses } = useFilterValues();
  const options = [...new Set([warehouse_id, ...warehouses])].map((value) => ({ value }));
  if (options.length === 1) return null;
  return (
    <FormField
      label={text("stock.column.warehouse_id")}
      description={lines.length > 0 ? text("sheet.warehouse.fixed") : undefined}
    >
      <Select
        options={options}
        selectedOption={{ value: warehouse_id }}
        disabled={lines.length > 0}
        onChange={({ detail }) =>
          update((sheet) => ({ ...sheet, warehouse_id: detail.selectedOption.value ?? sheet.warehouse_id }))
        }
      />
    </FormField>
  );
}
