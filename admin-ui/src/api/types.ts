/** Types of api/openapi.yaml, under short names. */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

export type Overview = Schemas["Overview"];
export type DecidedHour = Schemas["DecidedHour"];
export type Level = Schemas["AdminLevel"];
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

/** A reservation with the states that its workflow went through. */
export type ReservationDetails = Schemas["ReservationTimeline"];

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

/** The filters of a list of levels, and its order. */
export type LevelFilter = Omit<Query<"listLevels">, "cursor" | "limit">;
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
