import ContentLayout from "@cloudscape-design/components/content-layout";

import { PageHeader } from "../../components/PageHeader";
import { text } from "../../texts/text";

export function ProductPage() {
  return <ContentLayout header={<PageHeader title={text("stock.title")} />}>{null}</ContentLayout>;
}
