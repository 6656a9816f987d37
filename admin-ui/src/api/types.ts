/** Types of api/openapi.yaml, under short names. */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

/** How far the read model follows the tables. Lists, searches and figures come from it. */
export type ReadModel = Schemas["ReadModel"];
export type Overview = Schemas["Overview"];
export type DecidedHour = Schemas["DecidedHour"];
export type Level = Schemas["AdminLevel"];
/** A level that runs out, with what it sold. */
export type AttentionLevel = Schemas["AttentionLevel"];
/** A product of which units were refused. */
export type LostProduct = Schemas["LostProduct"];
export type SearchResults = Schemas["SearchResults"];
/** A line that a change made longer or shorter. */
export type LineChange = Schemas["LineChange"];
/** One thing that happened to an order or a customer. */
export type TimelineEntry = Schemas["TimelineEntry"];
export type LevelRequest = Schemas["LevelRequest"];
export type AdjustmentRequest = Schemas["AdjustmentRequest"];
export type Movement = Schemas["Movement"];
export type Reservation = Schemas["AdminReservation"];
export type Import = Schemas["Import"];
export type Problem = Schemas["Problem"];
export type FieldError = Schemas["FieldError"];
export type StockStatus = Schemas["StockStatus"];
export type ReservationStatus = Schemas["ReservationStatus"];

export type Refund = Schemas["Refund"];
export type FailedExecution = Schemas["FailedExecution"];
export type RefundRequest = Schemas["RefundRequest"];
/** An order whose execution failed before it wrote a reservation. */
export type FailedReservation = Schemas["FailedExecutionTimeline"];

/** Whether the books agree, and which alarms are on. */
export type Health = Schemas["Health"];
export type Books = Schemas["Books"];
export type Difference = Schemas["Difference"];
export type Alarms = Schemas["Alarms"];
export type Alarm = Schemas["Alarm"];
/** How an execution ended, and where to look. */
export type ExecutionDetails = Schemas["ExecutionDetails"];

/** A reservation with the states that its workflow went through. */
export type ReservationDetails = Schemas["ReservationTimeline"];

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

/** The filters of a list of levels, and its order. */
export type LevelFilter = Omit<Query<"listLevels">, "cursor" | "limit">;
/** An order or a customer whose timeline is read. */
export type TimelineSubject = { readonly order_id: string } | { readonly customer_id: string };
export type LevelSort = NonNullable<LevelFilter["sort"]>;
export type ExportFilter = Query<"exportCatalogue">;
export type ReservationFilter = Omit<Query<"listReservations">, "cursor" | "limit">;
export type ImportMode = NonNullable<Query<"importCatalogue">["mode"]>;

export const STOCK_STATUSES = ["IN_STOCK", "LOW_STOCK", "OUT_OF_STOCK"] as const satisfies readonly StockStatus[];
export const RESERVATION_STATUSES = [
  "HELD",
  "PAID",
  "COMMITTED",
  "RELEASED",
  "REJECTED",
  "UNFULFILLED",
] as const satisfies readonly ReservationStatus[];
