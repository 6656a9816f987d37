import ContentLayout from "@cloudscape-design/components/content-layout";
import { useRouteError } from "react-router";

import { ErrorState } from "@/components/feedback/ErrorState";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";

/** Shown instead of a page that threw an error. The navigation stays usable. */
export function CrashPage() {
  return (
    <ContentLayout header={<PageHeader title={text("crash.title")} />}>
      <ErrorState
        error={useRouteError()}
        onRetry={() => {
          window.location.reload(); // after a new deployment, the page's files have other names
        }}
      />
    </ContentLayout>
  );
}
