import ContentLayout from "@cloudscape-design/components/content-layout";
import { useRouteError } from "react-router";

import { ErrorState } from "@/components/feedback/ErrorState";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";

/** Instead of a page that failed: the rest stays usable, and what happened is told. */
export function CrashPage() {
  return (
    <ContentLayout header={<PageHeader title={text("crash.title")} />}>
      <ErrorState
        error={useRouteError()}
        onRetry={() => {
          window.location.reload(); // a page that was deployed anew has other files
        }}
      />
    </ContentLayout>
  );
}
