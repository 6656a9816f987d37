import Alert from "@cloudscape-design/components/alert";

import type { useListMovements } from "@/api/movements/listMovements";
import { useListReservations } from "@/api/reservations/listReservations";
import type { Level, Reservation } from "@/api/types";
import { useNow } from "@/hooks/useNow";
import { text } from "@/i18n/text";
import { HOLDS_LIMIT } from "../Holds";
import { type Known, whyNothingFree } from "./whyNothingFree";

interface WhyNothingFreeProps {
  product_id: string;
  levels: readonly Level[];
  movements: ReturnType<typeof useListMovements>;
}

const NOW_MS = 30_000;

/** Says in one sentence why nothing of a product is free. It reads nothing that the page does not read anyway. */
export function WhyNothingFree({ product_id, levels, movements }: WhyNothingFreeProps) {
  const now = new Date(useNow(NOW_MS));
  const holds = knownHolds(
    useListReservations({ product_id, status: "HELD" }, HOLDS_LIMIT),
    useListReservations({ product_id, status: "PAID" }, HOLDS_LIMIT),
  );
  const why = whyNothingFree({ levels, holds, movements: known(movements) }, now);
  if (why === null) return null;
  return (
    <Alert type="info" header={text("product.why.title")}>
      {why}.
    </Alert>
  );
}

interface ReadList<Item> {
  readonly data?: { readonly items: readonly Item[] };
  readonly hasNextPage: boolean;
}

function known<Item>({ data, hasNextPage }: ReadList<Item>): Known<Item> {
  return { items: data?.items ?? [], isComplete: data !== undefined && !hasNextPage };
}

/** The reservations of both lists, each once: one that is paid between the two readings is in both. */
function knownHolds(held: ReadList<Reservation>, paid: ReadList<Reservation>): Known<Reservation> {
  const lists = [known(held), known(paid)];
  const items = new Map(lists.flatMap(({ items }) => items.map((one) => [one.execution_name, one])));
  return { items: [...items.values()], isComplete: lists.every(({ isComplete }) => isComplete) };
}
