/** The errors of the API, one class for each kind. Their `code` is stable. */

/** @import { components } from "../types/api.d.ts" */
/** @typedef {components["schemas"]["Problem"]} Problem */
/** @typedef {components["schemas"]["Shortage"]} Shortage */
/** @typedef {components["schemas"]["FieldError"]} FieldError */

/** The API refused a call. `status` is the HTTP status, `code` the error's code, `problem` the whole answer. */
export class ApiError extends Error {
  name = "ApiError";

  /**
   * @param {number} status
   * @param {Partial<Problem>} problem
   * @param {number} [retryAfterSeconds] how long the API asks to wait
   */
  constructor(status, problem, retryAfterSeconds = 0) {
    super(`${problem.code ?? "UNKNOWN"}: ${problem.detail ?? "no detail was given"}`);
    this.status = status;
    this.code = /** @type {string} */ (problem.code ?? "UNKNOWN");
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether the same call may succeed later. */
  get isTemporary() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** A field is invalid. */
export class InvalidRequest extends ApiError {
  /** @returns {FieldError[]} a message for each invalid field */
  get errors() {
    return this.problem.errors ?? [];
  }
}

/** The credentials are missing, wrong, or not allowed to do this. */
export class AccessDenied extends ApiError {}

/** There is no such product, reservation or stock level. */
export class NotFound extends ApiError {}

/** There is not enough stock for a line, so nothing is held. */
export class InsufficientStock extends ApiError {
  /** @returns {Shortage[]} every line that is short */
  get shortages() {
    return this.problem.shortages ?? [];
  }
}

/** The customer would hold more than the limit for one customer, so nothing is held. */
export class HoldLimitReached extends ApiError {}

/** The key was used before with different content. */
export class IdempotencyConflict extends ApiError {}

/** The reservation was decided before, and the decision cannot change any more. */
export class AlreadyDecided extends ApiError {}

/** The payment is recorded but bought nothing: refund it. */
export class PaymentUnfulfilled extends ApiError {}

/** More would be returned than was sold and is not returned yet. */
export class NotSold extends ApiError {}

/** More would be dispatched than is sold and has not left, or dispatches of this reservation are not tracked. */
export class NotAllocated extends ApiError {}

/** All attempts failed. The API may have processed the call; it is safe to repeat it. */
export class Unavailable extends ApiError {}

/** @type {Record<string, typeof ApiError>} */
const BY_CODE = {
  VALIDATION_FAILED: InvalidRequest,
  MALFORMED_JSON: InvalidRequest,
  TOO_MANY_IDS: InvalidRequest,
  UNAUTHORIZED: AccessDenied,
  FORBIDDEN: AccessDenied,
  PRODUCT_NOT_FOUND: NotFound,
  RESERVATION_NOT_FOUND: NotFound,
  LEVEL_NOT_FOUND: NotFound,
  INSUFFICIENT_STOCK: InsufficientStock,
  HOLD_LIMIT_REACHED: HoldLimitReached,
  IDEMPOTENCY_CONFLICT: IdempotencyConflict,
  ALREADY_DECIDED: AlreadyDecided,
  PAYMENT_UNFULFILLED: PaymentUnfulfilled,
  NOT_SOLD: NotSold,
  NOT_ALLOCATED: NotAllocated,
};

/**
 * The error that an answer means.
 * @param {number} status
 * @param {Partial<Problem>} problem
 * @param {number} retryAfterSeconds
 */
export function errorOf(status, problem, retryAfterSeconds) {
  const error = new ApiError(status, problem, retryAfterSeconds);
  const kind = error.isTemporary ? Unavailable : (BY_CODE[error.code] ?? ApiError);
  return new kind(status, problem, retryAfterSeconds);
}
