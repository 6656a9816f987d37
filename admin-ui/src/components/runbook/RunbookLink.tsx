import Button from "@cloudscape-design/components/button";
import { lazy, Suspense, useState } from "react";

import { text } from "@/i18n/text";

const RunbookDialog = lazy(async () => ({ default: (await import("./RunbookDialog")).RunbookDialog }));

const MANUAL = "docs/operations.md#";

/** Shows what an operator does about a problem: the section of the manual, which is published with the page. */
export function RunbookLink({ runbook }: { runbook: string }) {
  const [isShown, setIsShown] = useState(false);
  if (!runbook.startsWith(MANUAL)) return text("runbook.other", { runbook }); // of an alarm that others have added
  return (
    <>
      <Button variant="inline-link" onClick={() => setIsShown(true)}>
        {text("runbook")}
      </Button>
      {isShown && (
        <Suspense>
          <RunbookDialog anchor={runbook.slice(MANUAL.length)} onClose={() => setIsShown(false)} />
        </Suspense>
      )}
    </>
  );
}
