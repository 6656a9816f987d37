import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { ApiProblem } from "@/api/client/problem";
import { useListLevelsOfProduct } from "@/api/levels/listLevelsOfProduct";
import { useLiveProduct } from "@/api/live/useLiveProduct";
import { useListMovements } from "@/api/movements/listMovements";
import { REFRESH_MS } from "@/api/queries/refresh";
import type { Level } from "@/api/types";
import { useSession } from "@/auth/SessionProvider";
import { RouterLink } from "@/components/controls/RouterLink";
import { EmptyState } from "@/components/feedback/EmptyState";
import { ErrorState } from "@/components/feedback/ErrorState";
import { Loading } from "@/components/feedback/Loading";
import { PageHeader } from "@/components/page/PageHeader";
import { CopyableId } from "@/components/values/CopyableId";
import { identifier, useUrlState } from "@/hooks/useUrlState";
import { text } from "@/i18n/text";
import { AddLevelDialog } from "../add-level/AddLevelDialog";
import { Holds } from "./Holds";
import { Ledger } from "./Ledger";
import { Levels } from "./Levels";
import { OnHand } from "./OnHand";
import { Totals } from "./Totals";
import { WhyNothingFree } from "./why/WhyNothingFree";

const FIELDS = { product_id: identifier };

/** One product: its levels, its active holds, and its history. */
export function ProductDetailsPage() {
  const [{ product_id }] = useUrlState(FIELDS);
  return <Product key={product_id} product_id={product_id} />;
}

function Product({ product_id }: { product_id: string }) {
  const isLive = useLiveProduct(product_id);
  const levels = useListLevelsOfProduct(product_id, isLive ? REFRESH_MS.pushed : undefined);
  const product = levels.data?.[0];
  const isUnknown = levels.error instanceof ApiProblem && levels.error.isNotFound;

  if (isUnknown && !product) return <UnknownProduct product_id={product_id} />;
  return (
    <ContentLayout
      header={
        <PageHeader
          title={product?.name ?? product_id}
          description={<CopyableId value={product_id} label={text("product.id")} />}
          asOf={levels.dataUpdatedAt}
          staleAfterMs={isLive ? 2.5 * REFRESH_MS.pushed : undefined}
          actions={product && <AddWarehouse product={product} />}
        />
      }
    >
      {levels.data ? (
        <Content product_id={product_id} levels={levels.data} isLive={isLive} />
      ) : levels.isError ? (
        <ErrorState error={levels.error} onRetry={() => void levels.refetch()} />
      ) : (
        <Loading />
      )}
    </ContentLayout>
  );
}

interface ContentProps {
  readonly product_id: string;
  readonly levels: readonly Level[];
  readonly isLive: boolean;
}

function Content({ product_id, levels, isLive }: ContentProps) {
  const movements = useListMovements(product_id, isLive ? REFRESH_MS.pushed : undefined);
  return (
    <SpaceBetween size="l">
      <WhyNothingFree product_id={product_id} levels={levels} movements={movements} />
      <Totals levels={levels} />
      <Levels levels={levels} />
      <Holds product_id={product_id} />
      <OnHand levels={levels} movements={movements} />
      <Ledger levels={levels} movements={movements} />
    </SpaceBetween>
  );
}

function AddWarehouse({ product }: { product: Level }) {
  const { mayEdit } = useSession();
  const [isOpen, setIsOpen] = useState(false);
  if (!mayEdit) return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{text("stock.add.warehouse")}</Button>
      {isOpen && <AddLevelDialog product={product} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function UnknownProduct({ product_id }: { product_id: string }) {
  return (
    <ContentLayout header={<PageHeader title={text("product.unknown")} />}>
      <EmptyState
        title={text("product.unknown.what", { product_id })}
        action={
          <RouterLink to={`/stock?${new URLSearchParams({ search: product_id })}`}>
            {text("product.unknown.search")}
          </RouterLink>
        }
      >
        {text("product.unknown.why")}
      </EmptyState>
    </ContentLayout>
  );
}
