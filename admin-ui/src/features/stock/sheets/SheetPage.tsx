import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useIsOnline } from "@/api/client/ApiProvider";
import { useSession } from "@/auth/SessionProvider";
import { FormDialog } from "@/components/controls/FormDialog";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";
import { EntryField } from "./EntryField";
import { LineList } from "./LineList";
import { ReviewDialog } from "./ReviewDialog";
import { SheetReport } from "./SheetReport";
import { hasEnded, isAmbiguous, newSheet, type Sheet, type SheetKind } from "./state/sheet";
import { useApplySheet } from "./state/useApplySheet";
import { useLineLevels } from "./state/useLineLevels";
import { type UpdateSheet, useStoredSheet } from "./state/useStoredSheet";

/** Receives a delivery: lines of products and units, which are added together under one reference. */
export function ReceivePage() {
  return <SheetPage key="receive" kind="receive" />;
}

/** Counts a warehouse, or a part of it: each line is as of the moment at which it was entered. */
export function CountPage() {
  return <SheetPage key="count" kind="count" />;
}

function SheetPage({ kind }: { kind: SheetKind }) {
  const { mayEdit } = useSession();
  return (
    <ContentLayout header={<PageHeader title={text(`${kind}.title`)} description={text(`${kind}.description`)} />}>
      {mayEdit ? (
        <Content kind={kind} />
      ) : (
        <EmptyState title={text("sheet.managers")}>{text("sheet.managers.why")}</EmptyState>
      )}
    </ContentLayout>
  );
}

function Content({ kind }: { kind: SheetKind }) {
  const { sheet, update, isKept, isHere, takeOver } = useStoredSheet(kind);
  useLineLevels(sheet, update, isHere === true);
  useApplySheet(sheet, update, isHere === true);
  const startNew = () => update((now) => (now.id === sheet.id ? newSheet(kind, now.warehouse_id, new Date()) : now));
  if (isHere === null) return null;
  return (
    <SpaceBetween size="l">
      {!isKept && (
        <Alert type="warning" header={text("sheet.not_kept")}>
          {text("sheet.not_kept.what")}
        </Alert>
      )}
      {!isHere && (
        <Alert
          header={text(`${kind}.elsewhere`)}
          action={<Button onClick={takeOver}>{text("sheet.take_over")}</Button>}
        >
          {text("sheet.elsewhere.what")}
        </Alert>
      )}
      {sheet.run === null ? (
        isHere ? (
          <Entering sheet={sheet} update={update} onDiscard={startNew} />
        ) : (
          <LineList sheet={sheet} update={null} />
        )
      ) : hasEnded(sheet) ? (
        <SheetReport sheet={sheet} update={isHere ? update : null} onNew={startNew} />
      ) : (
        <Applying sheet={sheet} />
      )}
    </SpaceBetween>
  );
}

interface EnteringProps {
  sheet: Sheet;
  update: UpdateSheet;
  onDiscard: () => void;
}

function Entering({ sheet, update, onDiscard }: EnteringProps) {
  const [dialog, setDialog] = useState<"review" | "discard" | null>(null);
  const notReady = whyNotReady(sheet);
  return (
    <SpaceBetween size="l">
      <EntryField sheet={sheet} update={update} />
      <LineList
        sheet={sheet}
        update={update}
        actions={
          sheet.lines.length > 0 && (
            <>
              <Button onClick={() => setDialog("discard")}>{text("sheet.discard")}</Button>
              <Button
                variant="primary"
                disabled={notReady !== undefined}
                disabledReason={notReady}
                onClick={() => setDialog("review")}
              >
                {text("sheet.review", { count: sheet.lines.length })}
              </Button>
            </>
          )
        }
      />
      {dialog === "review" && <ReviewDialog sheet={sheet} update={update} onClose={() => setDialog(null)} />}
      {dialog === "discard" && (
        <FormDialog
          header={text("sheet.discard.title", { count: sheet.lines.length })}
          submitText={text("sheet.discard")}
          isPending={false}
          onClose={() => setDialog(null)}
          onSubmit={() => {
            onDiscard();
            setDialog(null);
          }}
        >
          {text("sheet.discard.what")}
        </FormDialog>
      )}
    </SpaceBetween>
  );
}

/** Why the lines cannot be reviewed yet; undefined if they can. */
function whyNotReady({ lines }: Sheet): string | undefined {
  const unread = lines.filter(({ is_read }) => !is_read).length;
  if (unread > 0) return text("sheet.unread", { count: unread });
  const ambiguous = lines.filter(isAmbiguous).length;
  return ambiguous > 0 ? text("sheet.undecided", { count: ambiguous }) : undefined;
}

function Applying({ sheet: { lines } }: { sheet: Sheet }) {
  const isOnline = useIsOnline();
  const done = lines.filter(({ outcome }) => outcome !== undefined).length;
  return (
    <ProgressBar
      label={text("sheet.applying")}
      description={text(isOnline ? "sheet.applying.what" : "sheet.applying.offline")}
      additionalInfo={text("sheet.applying.done", { done, all: lines.length })}
      value={(100 * done) / lines.length}
    />
  );
}
