import Alert from "@cloudscape-design/components/alert";

import type { useListMovements } from "@/api/movements/listMovements";
import { useListReservations } from "@/api/reservations/listReservations";
import type { Level } from "@/api/types";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { HOLDS_LIMIT } from "../Holds";
import { whyNothingFree } from "./whyNothingFree";

interface WhyNothingFreeProps {
  product_id: string;
  levels: readonly Level[];
  movements: ReturnType<typeof useListMovements>;
}

const NOW_MS = 30_000;

/** Says in one sentence why nothing of a product is free. It reads nothing that the page does not read anyway. */
export function WhyNothingFree({ product_id, levels, movements }: WhyNothingFreeProps) {
  const now = new Date(useNow(NOW_MS));
  const held = useListReservations({ product_id, status: "HELD" }, HOLDS_LIMIT);
  const known = <Item,>({ data, hasNextPage }: { data?: { items: readonly Item[] }; hasNextPage: boolean }) => ({
    items: data?.items ?? [],
    isComplete: data !== undefined && !hasNextPage,
  });
  const why = whyNothingFree({ levels, held: known(held), movements: known(movements) }, now);
  if (why === null) return null;
  return (
    <Alert type="info" header={text("product.why.title")}>
      {why}.
    </Alert>
  );
}
