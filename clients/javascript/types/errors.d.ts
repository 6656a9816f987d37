/**
 * The error that an answer means.
 * @param {number} status
 * @param {Partial<Problem>} problem
 * @param {number} retryAfterSeconds
 */
export function errorOf(status: number, problem: Partial<Problem>, retryAfterSeconds: number): ApiError;
/** The errors of the API, one class for each kind. Their `code` is stable. */
/** @import { components } from "../types/api.d.ts" */
/** @typedef {components["schemas"]["Problem"]} Problem */
/** @typedef {components["schemas"]["Shortage"]} Shortage */
/** @typedef {components["schemas"]["FieldError"]} FieldError */
/** The API refused a call. `status` is the HTTP status, `code` the error's code, `problem` the whole answer. */
export class ApiError extends Error {
    /**
     * @param {number} status
     * @param {Partial<Problem>} problem
     * @param {number} [retryAfterSeconds] how long the API asks to wait
     */
    constructor(status: number, problem: Partial<Problem>, retryAfterSeconds?: number);
    status: number;
    code: string;
    problem: Partial<{
        status: number;
        title: string;
        detail: string;
        code: "VALIDATION_FAILED" | "MALFORMED_JSON" | "TOO_MANY_IDS" | "UNAUTHORIZED" | "FORBIDDEN" | "ROUTE_NOT_FOUND" | "PRODUCT_NOT_FOUND" | "LEVEL_NOT_FOUND" | "RESERVATION_NOT_FOUND" | "PAYMENT_NOT_FOUND" | "IMPORT_NOT_FOUND" | "EXPORT_NOT_FOUND" | "LIVE_STOCK_UNAVAILABLE" | "INSUFFICIENT_STOCK" | "HOLD_LIMIT_REACHED" | "IDEMPOTENCY_CONFLICT" | "ALREADY_DECIDED" | "REFUND_CONFLICT" | "PAYMENT_UNFULFILLED" | "NOT_SOLD" | "NOT_ALLOCATED" | "VERSION_CONFLICT" | "BELOW_RESERVED" | "NOT_EMPTY" | "SHARDS_CHANGING" | "LEVEL_UNREADABLE" | "RESERVATION_UNREADABLE" | "READ_MODEL_MISSING" | "PAYLOAD_TOO_LARGE" | "IMPORT_TOO_LARGE" | "EXPORT_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "TOO_MANY_REQUESTS" | "INTERNAL_ERROR" | "BUSY";
        errors?: components["schemas"]["FieldError"][];
        shortages?: components["schemas"]["Shortage"][];
        current?: Record<string, never> | null;
        reservation?: components["schemas"]["Reservation"];
    }>;
    retryAfterSeconds: number;
    /** Whether the same call may succeed later. */
    get isTemporary(): boolean;
}
/** A field is invalid. */
export class InvalidRequest extends ApiError {
    /** @returns {FieldError[]} a message for each invalid field */
    get errors(): FieldError[];
}
/** The credentials are missing, wrong, or not allowed to do this. */
export class AccessDenied extends ApiError {
}
/** There is no such product, reservation or stock level. */
export class NotFound extends ApiError {
}
/** There is not enough stock for a line, so nothing is held. */
export class InsufficientStock extends ApiError {
    /** @returns {Shortage[]} every line that is short */
    get shortages(): Shortage[];
}
/** The customer would hold more than the limit for one customer, so nothing is held. */
export class HoldLimitReached extends ApiError {
}
/** The key was used before with different content. */
export class IdempotencyConflict extends ApiError {
}
/** The reservation was decided before, and the decision cannot change any more. */
export class AlreadyDecided extends ApiError {
}
/** The payment is recorded but bought nothing: refund it. */
export class PaymentUnfulfilled extends ApiError {
}
/** More would be returned than was sold and is not returned yet. */
export class NotSold extends ApiError {
}
/** More would be dispatched than is sold and has not left, or dispatches of this reservation are not tracked. */
export class NotAllocated extends ApiError {
}
/** All attempts failed. The API may have processed the call; it is safe to repeat it. */
export class Unavailable extends ApiError {
}
export type Problem = components["schemas"]["Problem"];
export type Shortage = components["schemas"]["Shortage"];
export type FieldError = components["schemas"]["FieldError"];
import type { components } from "../types/api.d.ts";
