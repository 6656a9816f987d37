import Alert from "@cloudscape-design/components/alert";
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
import { parseEntries } from "./state/parseEntries";
import { LINES_MAX, type Sheet, withEntry } from "./state/sheet";
import type { UpdateSheet } from "./state/useStoredSheet";
import styles from "./sheets.module.css";

interface EntryFieldProps {
  sheet: Sheet;
  update: UpdateSheet;
}

/** The warehouse, and the field into which one types, scans or pastes. Enter adds the line, and the field is empty again. */
export function EntryField({ sheet, update }: EntryFieldProps) {
  const field = useInitialFocus<InputProps.Ref>();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const [added, setAdded] = useState("");

  function add(entered: string) {
    const { entries, wrong } = parseEntries(entered, sheet.kind);
    const room = entries.slice(0, Math.max(0, LINES_MAX - sheet.lines.length));
    const now = Date.now();
    if (room.length > 0) update((current) => room.reduce((changed, entry) => withEntry(changed, entry, now), current));
    const last = room.at(-1);
    setAdded(last ? text("sheet.added", { product_id: last.product_id, units: last.quantity }) : "");
    setWrong([...wrong, ...entries.slice(room.length).map(({ product_id }) => product_id)]);
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
        {wrong.length > 0 && (
          <Alert
            type="error"
            dismissible
            header={text("sheet.wrong", { count: wrong.length })}
            onDismiss={() => setWrong([])}
          >
            {text("sheet.wrong.what", { first: wrong.slice(0, 5).join(" · "), most: LINES_MAX })}
          </Alert>
        )}
      </SpaceBetween>
      <LiveRegion hidden>{added}</LiveRegion>
    </Container>
  );
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
