import Alert from "@cloudscape-design/components/alert";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

import { UNITS_MAX } from "@/api/limits";
import { text, type TextValues } from "@/i18n/text";
import { formatNumber } from "@/lib/formats";
import { cutTo } from "@/lib/identifiers/identifiers";
import type { WrongLine } from "./state/entering/parseEntries";
import { LINES_MAX, type Mistake } from "./state/sheet";

const SHOWN_MAX = 10;
const ENTERED_LENGTH_MAX = 60;

/** The lines that were not added, each with what is wrong with it. They can be copied, corrected and pasted again. */
export function WrongLines({ lines, onDismiss }: { lines: readonly WrongLine[]; onDismiss: () => void }) {
  if (lines.length === 0) return null;
  return (
    <Alert
      type="error"
      dismissible
      header={text("sheet.wrong", { count: lines.length })}
      onDismiss={onDismiss}
      action={
        <CopyToClipboard
          copyButtonText={text("sheet.wrong.copy")}
          copySuccessText={text("copied")}
          copyErrorText={text("not_copied")}
          textToCopy={lines.map(({ entered }) => entered).join("\n")}
        />
      }
    >
      {lines.slice(0, SHOWN_MAX).map((line, index) => (
        <div key={index}>
          {nameOf(line)} {mistakeText(line.mistake)}
        </div>
      ))}
      {lines.length > SHOWN_MAX && text("sheet.wrong.more", { count: lines.length - SHOWN_MAX })}
    </Alert>
  );
}

function nameOf({ place, entered }: WrongLine): string {
  const visible = entered.replaceAll("\t", " ⇥ ").trim();
  const cut = cutTo(visible, ENTERED_LENGTH_MAX);
  const entry = cut === visible ? cut : `${cut}…`;
  return place === null ? text("sheet.wrong.entry", { entry }) : text("sheet.wrong.line", { place, entry });
}

/** A sentence about a mistake. */
export function mistakeText(mistake: Mistake): string {
  return text(`sheet.mistake.${mistake.why}`, valuesOf(mistake));
}

function valuesOf({ value }: Mistake): TextValues {
  return { value, units: formatNumber(UNITS_MAX), lines: formatNumber(LINES_MAX) };
}
