import ContentLayout from "@cloudscape-design/components/content-layout";

import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { PageHeader } from "@/components/page/PageHeader";
import { text } from "@/i18n/text";

/** The page for an unknown address. */
export function NotFoundPage() {
  return (
    <ContentLayout header={<PageHeader title={text("not_found.title")} />}>
      <EmptyState title={text("not_found.what")} action={<RouterLink to="/">{text("overview.title")}</RouterLink>} />
    </ContentLayout>
  );
}
