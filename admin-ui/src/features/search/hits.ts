import { type Found } from "@/api/read-model/searchEverything";
import { text } from "@/i18n/text";
import { failedExecutionsOf, productPage, reservationPage, timelineOf } from "@/lib/identifiers/addresses";
import { normalized } from "@/lib/identifiers/identifiers";

/** The kinds of things that a search finds, in the order in which they are shown. */
export const KINDS = ["levels", "reservations", "executions", "refunds"] as const;
export type Kind = (typeof KINDS)[number];

/** One thing that was found. */
export interface Hit {
  readonly kind: Kind;
  readonly label: string;
  /** What it is beside its id: its other ids, its status. */
  readonly description: string;
  /** Its page. */
  readonly to: string;
}

/** All that was found, by kind. A product is one hit, however many warehouses it is in. */
export function hitsOf(found: Found): readonly Hit[] {
  const products = new Map(found.levels.map((level) => [level.product_id, level]));
  return [
    ...[...products.values()].map(({ product_id, name, category }) => ({
      kind: "levels" as const,
      label: name,
      description: joined(product_id, category),
      to: productPage(product_id),
    })),
    ...found.reservations.map((reservation) => ({
      kind: "reservations" as const,
      label: reservation.reservation_id,
      description: joined(
        text(`reservation_status.${reservation.status}`),
        reservation.order_id !== null && text("search.order", { order_id: reservation.order_id }),
        reservation.customer_id !== null && text("search.customer", { customer_id: reservation.customer_id }),
      ),
      to: reservationPage(reservation),
    })),
    ...found.executions.map((execution) => ({
      kind: "executions" as const,
      label: execution.reservation_id,
      description: joined(
        execution.error ?? text(`execution_status.${execution.status}`),
        execution.order_id !== null && text("search.order", { order_id: execution.order_id }),
      ),
      to: reservationPage(execution),
    })),
    ...found.refunds.map((refund) => ({
      kind: "refunds" as const,
      label: refund.payment_reference,
      description: joined(
        refund.amount !== null && [refund.amount, refund.currency].filter(Boolean).join(" "),
        refund.order_id !== null && text("search.order", { order_id: refund.order_id }),
      ),
      to: reservationPage(refund),
    })),
  ];
}

type FoundPage = Found & { readonly cursor: string | null };
type IsQuery = (id: string | null) => boolean;

/**
 * The page to which Enter goes: of what has exactly this id, else of what has it in another case, else of the only thing
 * that was found; null if the user must choose.
 */
export function bestPage(found: FoundPage, query: string): string | null {
  const exact = normalized(query);
  return (
    pageOfId(found, (id) => id !== null && normalized(id) === exact) ??
    pageOfId(found, (id) => id !== null && folded(id) === folded(exact)) ??
    onlyPage(found)
  );
}

/** The page of the product, reservation, payment, order or customer with this id; null if there is none. */
function pageOfId(found: Found, isQuery: IsQuery): string | null {
  const { levels, reservations, executions, refunds } = found;
  const product = levels.find(({ product_id }) => isQuery(product_id));
  if (product) return productPage(product.product_id);
  const named = [...reservations, ...executions].find(
    (one) => isQuery(one.reservation_id) || isQuery(one.execution_name),
  );
  if (named) return reservationPage(named);
  const refund = refunds.find(({ payment_reference }) => isQuery(payment_reference));
  const paid = reservations.find(({ payment_reference }) => isQuery(payment_reference));
  const payment = refund ?? paid;
  return payment ? reservationPage(payment) : pageOfOrder(found, isQuery);
}

/** The page of the order with this id, or of the customer; null if there is none. */
function pageOfOrder({ reservations, executions }: Found, isQuery: IsQuery): string | null {
  const [reservation, ...others] = reservations.filter(({ order_id }) => isQuery(order_id));
  const [execution] = executions.filter(({ order_id }) => isQuery(order_id));
  if (reservation?.order_id) {
    return others.length === 0 && !execution
      ? reservationPage(reservation)
      : timelineOf({ order_id: reservation.order_id });
  }
  if (execution?.order_id) return failedExecutionsOf(execution.order_id);
  const ofCustomer = reservations.find(({ customer_id }) => isQuery(customer_id));
  return ofCustomer?.customer_id ? timelineOf({ customer_id: ofCustomer.customer_id }) : null;
}

function onlyPage(found: FoundPage): string | null {
  const pages = new Set(hitsOf(found).map(({ to }) => to));
  const [only] = pages;
  return pages.size === 1 && found.cursor === null && only !== undefined ? only : null;
}

function folded(id: string): string {
  return normalized(id).toLowerCase();
}

function joined(...parts: readonly (string | false)[]): string {
  return parts.filter(Boolean).join(" · ");
}
