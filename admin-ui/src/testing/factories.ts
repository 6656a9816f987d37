import type {
  AttentionLevel,
  ExecutionDetails,
  FailedExecution,
  Health,
  Level,
  LostProduct,
  Movement,
  Overview,
  ReadModel,
  Refund,
  Reservation,
  SearchResults,
  TimelineEntry,
} from "@/api/types";

/** A read model that follows the tables. */
export const CURRENT: ReadModel = { state: "CURRENT", followed_until: "2026-11-22T10:14:58.000Z" };

/** A stock level. */
export function aLevel(content: Partial<Level> = {}): Level {
  return {
    product_id: "KIT-0001",
    warehouse_id: "main",
    name: "Tea Kettle",
    category: "kitchen",
    on_hand: 20,
    reserved: 6,
    allocated: 0,
    available: 14,
    low_stock_threshold: 5,
    status: "IN_STOCK",
    is_low: false,
    active: true,
    version: 7,
    updated_at: "2026-11-22T10:15:00.000Z",
    shards: 1,
    shards_wanted: 1,
    ...content,
  };
}

/** A movement of the ledger. */
export function aMovement(content: Partial<Movement> = {}): Movement {
  return {
    movement_id: `${content.moved_at ?? "2026-11-22T10:15:00.000Z"}#order-1001#main`,
    product_id: "KIT-0001",
    warehouse_id: "main",
    moved_at: "2026-11-22T10:15:00.000Z",
    kind: "SOLD",
    delta: -2,
    actor: "checkout",
    reason: "sold",
    reference: "order-1001",
    ...content,
  };
}

/** An overview of 100 stock levels. */
export function anOverview({ low_stock = 0, out_of_stock = 0, unfulfilled = 0, active = 0 }): Overview {
  return {
    as_of: "2026-11-22T10:15:00.000Z",
    is_complete: true,
    unavailable: [],
    stock: { levels: 100, in_stock: 100 - low_stock - out_of_stock, low_stock, out_of_stock },
    holds: { active, units: 2 * active, ending_soon: active },
    unfulfilled,
    money_to_return: { open: unfulfilled },
    read_model: CURRENT,
    reservations: { since: "2026-11-21T10:15:00.000Z", is_complete: true, hours: [] },
    categories: [],
    warehouses: [],
  };
}

/** A line that is taken from one warehouse: from the one that it names, or from `main`. */
export function aLine(content: Partial<Reservation["lines"][number]> = {}): Reservation["lines"][number] {
  const { warehouse_id = null, quantity = 1 } = content;
  const sources = [{ warehouse_id: warehouse_id ?? "main", quantity }];
  return { product_id: "KIT-0001", warehouse_id, quantity, sources, ...content };
}

/** A reservation that holds units. */
export function aReservation(content: Partial<Reservation> = {}): Reservation {
  return {
    reservation_id: "order-1001",
    execution_name: content.reservation_id ?? "order-1001",
    status: "HELD",
    reason: null,
    lines: [aLine({ warehouse_id: "main", quantity: 2 })],
    order_id: null,
    customer_id: null,
    held_until: null,
    payment_reference: null,
    rescued: false,
    shortages: [],
    created_at: "2026-11-22T10:15:00.000Z",
    decided_at: null,
    released_by: null,
    release_note: null,
    unfulfilled_payments: [],
    ...content,
  };
}

/** A payment that bought nothing and is still to be returned. */
export function aRefund(content: Partial<Refund> = {}): Refund {
  return {
    reservation_id: "order-1001",
    execution_name: "order-1001",
    order_id: "O 1001/7",
    payment_reference: "PAY-77",
    amount: "49.90",
    currency: "EUR",
    since: "2026-11-22T10:15:00.000Z",
    status: "OPEN",
    reference: null,
    note: null,
    returned_by: null,
    returned_at: null,
    ...content,
  };
}

/** An execution that failed because its input was not valid. */
export function aFailedExecution(content: Partial<FailedExecution> = {}): FailedExecution {
  return {
    execution_name: "order-1002",
    reservation_id: "order-1002",
    status: "FAILED",
    order_id: "O/1002",
    error: "InvalidReservation",
    cause: "lines[0].quantity: must be at least 1",
    started_at: "2026-11-22T10:15:00.000Z",
    failed_at: "2026-11-22T10:15:01.000Z",
    ...content,
  };
}

/** The execution of a reservation that was sold. */
export function anExecution(content: Partial<ExecutionDetails> = {}): ExecutionDetails {
  return {
    execution_name: "order-1001",
    status: "SUCCEEDED",
    error: null,
    cause: null,
    started_at: "2026-11-22T10:15:00.000Z",
    ended_at: "2026-11-22T10:16:00.000Z",
    input: { order_id: "1001", customer_id: "C-17-4711" },
    output: { status: "COMMITTED" },
    trace_id: "1-6741a4a4-1b3f0d0b9d5c4c3e8f7a6b5c",
    links: {
      execution: "https://console.example/execution",
      logs: "https://console.example/logs",
      trace: "https://console.example/trace",
      dashboard: "https://console.example/dashboard",
    },
    ...content,
  };
}

/** Books that agree, and no alarm. */
export function aHealth(content: Partial<Health> = {}): Health {
  const books = { state: "AGREE", differences: 0, unsure: 0, is_complete: true, first: [] } as const;
  return {
    books: { ...books, first: [], checked_at: "2026-11-22T10:03:00.000Z" },
    alarms: { state: "OK", on: [] },
    ...content,
  };
}

/** A level that lasts for a day and a half. */
export function anAttentionLevel(content: Partial<AttentionLevel> = {}): AttentionLevel {
  const level = aLevel({ on_hand: 4, reserved: 1, available: 3, status: "LOW_STOCK", is_low: true });
  return { ...level, sold_units: 28, sold_per_day: 2, days_of_cover: 1.5, ...content };
}

/** A product of which 17 units were refused. */
export function aLostProduct(content: Partial<LostProduct> = {}): LostProduct {
  return {
    product_id: "KIT-0001",
    name: "Tea Kettle",
    units: 17,
    requests: 6,
    last_at: "2026-11-22T10:02:11.000Z",
    ...content,
  };
}

/** What a search found: nothing, unless the test says so. */
export function searchResults(content: Partial<SearchResults> = {}): SearchResults {
  return {
    query: "",
    levels: [],
    reservations: [],
    executions: [],
    refunds: [],
    cursor: null,
    read_model: CURRENT,
    ...content,
  };
}

/** An event of an order's timeline: a hold. */
export function aTimelineEntry(content: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    at: "2026-11-22T10:15:00.000Z",
    kind: "HELD",
    reservation_id: "order-1001",
    execution_name: "order-1001",
    order_id: "1001",
    customer_id: "C-17",
    status: "HELD",
    ...content,
  };
}
