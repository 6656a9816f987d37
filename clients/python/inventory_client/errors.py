"""The errors of the API, one exception for each code."""

from collections.abc import Mapping
from typing import Any

from inventory_client.model import Shortage, from_known_fields


class ApiError(Exception):
    """The API refused a call. `status` is the HTTP status, `code` the error's code, `problem` the whole response."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('code', 'UNKNOWN')}: {problem.get('detail', 'no detail was given')}")
        self.status = status
        self.code = str(problem.get("code", "UNKNOWN"))
        self.problem = problem


class InvalidRequest(ApiError):
    """A field is invalid. `errors` contains a message for each invalid field."""

    @property
    def errors(self) -> list[Mapping[str, str]]:
        return list(self.problem.get("errors", ()))


class TooManyIds(ApiError):
    """A lookup names more than 100 products."""


class NotFound(ApiError):
    """There is no such product, reservation or stock level."""


class LiveStockUnavailable(NotFound):
    """No key lets a page subscribe to changes of stock at the moment: read the stock from time to time."""


class InsufficientStock(ApiError):
    """There is not enough stock for a line, so nothing is held. `shortages` contains these lines."""

    @property
    def shortages(self) -> tuple[Shortage, ...]:
        return tuple(from_known_fields(Shortage, shortage) for shortage in self.problem.get("shortages", ()))


class HoldLimitReached(ApiError):
    """The customer would hold more than the limit for one customer, so nothing is held."""


class IdempotencyConflict(ApiError):
    """The key was used before with different content."""


class AlreadyDecided(ApiError):
    """The reservation was decided before, and the decision cannot change any more."""


class PaymentUnfulfilled(ApiError):
    """The payment is recorded but bought nothing: refund it."""


class NotSold(ApiError):
    """More would be returned than was sold and is not returned yet."""


class NotAllocated(ApiError):
    """More would be dispatched than is sold and has not left, or dispatches of this reservation are not tracked."""


class Unavailable(ApiError):
    """All attempts failed. The API may have processed the call; it is safe to repeat it."""


BY_CODE: dict[str, type[ApiError]] = {
    "VALIDATION_FAILED": InvalidRequest,
    "TOO_MANY_IDS": TooManyIds,
    "MALFORMED_JSON": InvalidRequest,
    "PRODUCT_NOT_FOUND": NotFound,
    "LIVE_STOCK_UNAVAILABLE": LiveStockUnavailable,
    "RESERVATION_NOT_FOUND": NotFound,
    "INSUFFICIENT_STOCK": InsufficientStock,
    "HOLD_LIMIT_REACHED": HoldLimitReached,
    "IDEMPOTENCY_CONFLICT": IdempotencyConflict,
    "ALREADY_DECIDED": AlreadyDecided,
    "PAYMENT_UNFULFILLED": PaymentUnfulfilled,
    "LEVEL_NOT_FOUND": NotFound,
    "NOT_SOLD": NotSold,
    "NOT_ALLOCATED": NotAllocated,
}
