"""What the API refuses, by its code."""

from collections.abc import Mapping
from typing import Any

from inventory_client.model import Shortage


class ApiError(Exception):
    """The API refused a call; `status`, `code` and `problem` are its answer."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('code', 'UNKNOWN')}: {problem.get('detail', 'no detail was given')}")
        self.status = status
        self.code = str(problem.get("code", "UNKNOWN"))
        self.problem = problem


class InvalidRequest(ApiError):
    """A field is wrong; `errors` names each."""

    @property
    def errors(self) -> list[Mapping[str, str]]:
        return list(self.problem.get("errors", ()))


class NotFound(ApiError):
    """There is no such product or reservation."""


class InsufficientStock(ApiError):
    """Some line is short, and nothing is held."""

    @property
    def shortages(self) -> tuple[Shortage, ...]:
        return tuple(Shortage(**shortage) for shortage in self.problem.get("shortages", ()))


class HoldLimitReached(ApiError):
    """The customer would hold more than one customer may, and nothing is held."""


class IdempotencyConflict(ApiError):
    """The key was used before with other content."""


class AlreadyDecided(ApiError):
    """The reservation was decided otherwise before."""


class PaymentUnfulfilled(ApiError):
    """The payment is recorded, and buys nothing: return the money."""


class Unavailable(ApiError):
    """No answer, or none but "later", through all attempts. The call may have been carried out: make it again."""


BY_CODE: dict[str, type[ApiError]] = {
    "VALIDATION_FAILED": InvalidRequest,
    "MALFORMED_JSON": InvalidRequest,
    "PRODUCT_NOT_FOUND": NotFound,
    "RESERVATION_NOT_FOUND": NotFound,
    "INSUFFICIENT_STOCK": InsufficientStock,
    "HOLD_LIMIT_REACHED": HoldLimitReached,
    "IDEMPOTENCY_CONFLICT": IdempotencyConflict,
    "ALREADY_DECIDED": AlreadyDecided,
    "PAYMENT_UNFULFILLED": PaymentUnfulfilled,
}
