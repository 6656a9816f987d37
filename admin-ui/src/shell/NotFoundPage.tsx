import ContentLayout from "@cloudscape-design/components/content-layout";

import { EmptyState } from "../components/EmptyState";
import { PageHeader } from "../components/PageHeader";
import { RouterLink } from "../components/RouterLink";
import { text } from "../texts/text";

/** For an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <ContentLayout header={<PageHeader title={text("not_found.title")} />}>
      <EmptyState title={text("not_found.what")} action={<RouterLink to="/">{text("overview.title")}</RouterLink>} />
    </ContentLayout>
  );
}
