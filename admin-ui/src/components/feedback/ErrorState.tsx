import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

import { ApiProblem } from "@/api/client/problem";
import { problemDetail, problemTitle } from "@/api/client/problemText";
import { text } from "@/i18n/text";

/** An error, with a button to try again if that is possible. Screen readers say it at once. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert">
      <Alert
        type={error instanceof ApiProblem && error.isTransient ? "warning" : "error"}
        header={problemTitle(error)}
        action={
          onRetry && (
            <Button formAction="none" onClick={onRetry}>
              {text("try_again")}
            </Button>
          )
        }
      >
        {problemDetail(error)}
      </Alert>
    </div>
  );
}
