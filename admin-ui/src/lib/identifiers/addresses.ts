/**
 * The addresses of the pages that show one thing.
 *
 * The id is in the query, not in the path, because a router and a browser change paths: ".." goes up, "%2F" becomes "/".
 */

/** The page of a product. */
export function productPage(product_id: string): string {
  return `/product?${new URLSearchParams({ product_id })}`;
}

/** The page of a reservation, or of an execution that failed before there was one. */
export function reservationPage({ reservation_id, execution_name }: ReservationName): string {
  const name: Record<string, string> = execution_name === reservation_id ? {} : { execution_name };
  return `/reservation?${new URLSearchParams({ reservation_id, ...name })}`;
}

export interface ReservationName {
  /** As the shop sent it. */
  readonly reservation_id: string;
  /** The name of its execution, which is safe in a path of the API. */
  readonly execution_name: string;
}

/** The list of levels with these words in their names, or with this part of a product's id. */
export function stockFoundBy(search: string): string {
  return `/stock?${new URLSearchParams({ search })}`;
}

/** The list of reservations with this part of an id: their own, of their order, their customer or their payment. */
export function reservationsFoundBy(search: string): string {
  return `/reservations?${new URLSearchParams({ search })}`;
}

/** The list of failed executions of an order. */
export function failedExecutionsOf(order_id: string): string {
  return `/executions?${new URLSearchParams({ order_id })}`;
}

/** The last part of a path, as it was encoded: "A%2FB" of "/products/A%2FB" is "A/B". */
export function lastOfPath(path: string): string {
  const last = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // typed by hand, like "/products/100%"
  }
}

/** What happened to an order, or to a customer, as one list. */
export function timelineOf(subject: { order_id: string } | { customer_id: string }): string {
  return `/timeline?${new URLSearchParams(subject)}`;
}

/** Everything that a search finds. */
export function resultsOf(query: string): string {
  return `/search?${new URLSearchParams({ query })}`;
}
