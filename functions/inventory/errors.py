"""What can go wrong, one sentence and one public code each.

Expected outcomes (short, released, already paid) are values, not errors. An error without a code is a defect: callers
see a failed call, and operators see the log.

    InventoryError
    ├── BadRequest              the caller must change the request
    │   ├── InvalidRequest
    │   │   └── InvalidReservation, DescriptionChanged
    │   └── MalformedJson, TooManyIds
    ├── Forbidden               the caller may not do this
    ├── NotFound                what the call names does not exist
    │   └── ReservationNotFound, PaymentNotFound, ProductNotFound, LevelNotFound, ImportNotFound,
    │       ExportNotFound, RouteNotFound, LiveStockUnavailable
    │       └── LiveStockKeyMissing
    ├── Conflict                the call does not fit what is stored
    │   ├── IdempotencyConflict
    │   │   └── ReservationConflict, AdjustmentConflict, ImportConflict, FeedConflict
    │   ├── ImportFileReplaced, VersionConflict, AlreadyDecided, BelowReserved, NotEmpty, ShardsChanging,
    │   │   LevelUnreadable, ReservationUnreadable, InsufficientStock
    │   └── HoldLimitReached, PaymentUnfulfilled, RefundConflict, NotSold, NotAllocated, ReadModelMissing
    ├── TooLarge
    │   └── ImportTooLarge, ExportTooLarge
    ├── TransientError          the same call may succeed a moment later
    │   └── AlertsFailed
    └── StockDrifted            a defect: someone must look
        └── LevelMissing
"""

from typing import TYPE_CHECKING, Any, ClassVar

from inventory.values import dataclass

if TYPE_CHECKING:
    from inventory.model import Level, LevelKey, Reservation, Shortage


class InventoryError(Exception):
    """Anything that this component refuses or fails to do."""

    code: ClassVar[str | None] = None

    def details(self) -> dict[str, Any]:
        """What an answer carries in addition to the sentence and the code."""
        return {}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a request: its place and what is wrong with it."""

    field: str
    message: str

    def to_json(self) -> dict[str, str]:
        return {"field": self.field, "message": self.message}

    def shown(self) -> "FieldError":
        """The same error as an answer can carry it, whatever a caller has sent."""
        return FieldError(_shown(self.field), _shown(self.message))


# What an answer says about a bad request: a hostile one must not make an answer that is larger than Lambda may give.
FIELD_ERRORS_MAX = 100
SHOWN_LENGTH_MAX = 500


def _shown(text: str) -> str:
    """The beginning of a long text, without half characters (surrogates), which a caller may send."""
    beginning = text if len(text) <= SHOWN_LENGTH_MAX else text[:SHOWN_LENGTH_MAX] + "…"
    return beginning.encode("utf-8", "backslashreplace").decode()


# --- the caller must change the request


class BadRequest(InventoryError):
    """The request cannot be processed as it is."""


class InvalidRequest(BadRequest):
    """Some fields are invalid; each is named, and nothing was written."""

    code = "VALIDATION_FAILED"

    def __init__(self, errors: list[FieldError]) -> None:
        shown = [error.shown() for error in errors[:FIELD_ERRORS_MAX]]
        if len(errors) > FIELD_ERRORS_MAX:
            shown.append(FieldError("(more)", f"{len(errors) - FIELD_ERRORS_MAX} more errors are not listed"))
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in shown))
        self.errors = shown

    def details(self) -> dict[str, Any]:
        return {"errors": [error.to_json() for error in self.errors]}


class DescriptionChanged(InvalidRequest):
    """The level's name, category or threshold was changed since the moment of the count, and would be overwritten."""


class InvalidReservation(InvalidRequest):
    """The content of the reservation is invalid, or it names stock that does not exist."""


class TooManyIds(BadRequest):
    """The query names more products than one call looks up."""

    code = "TOO_MANY_IDS"


class MalformedJson(BadRequest):
    """The body is not JSON."""

    code = "MALFORMED_JSON"


class Forbidden(InventoryError):
    """The caller's groups do not allow this call."""

    code = "FORBIDDEN"


# --- what the call names does not exist


class NotFound(InventoryError):
    """What the call names does not exist."""


class ReservationNotFound(NotFound):
    """There is no reservation with this id."""

    code = "RESERVATION_NOT_FOUND"


class PaymentNotFound(NotFound):
    """The reservation has no such payment whose money is to return."""

    code = "PAYMENT_NOT_FOUND"


class ProductNotFound(NotFound):
    """No warehouse has a stock level of this product."""

    code = "PRODUCT_NOT_FOUND"


class LevelNotFound(NotFound):
    """There is no stock level of this product in this warehouse."""

    code = "LEVEL_NOT_FOUND"


class ImportNotFound(NotFound):
    """There is no import with this id."""

    code = "IMPORT_NOT_FOUND"


class ExportNotFound(NotFound):
    """There is no export with this id."""

    code = "EXPORT_NOT_FOUND"


class LiveStockUnavailable(NotFound):
    """No key lets a page subscribe to live stock at the moment; until there is one, pages read the stock.

    It is no 5xx: a page loses nothing but time, and the key has alarms of its own.
    """

    code = "LIVE_STOCK_UNAVAILABLE"


class LiveStockKeyMissing(LiveStockUnavailable):
    """Live stock has no key; a daily job creates one."""


class RouteNotFound(NotFound):
    """The API has no such resource."""

    code = "ROUTE_NOT_FOUND"


# --- the call does not fit what is stored


class Conflict(InventoryError):
    """The call does not fit what is stored."""


class IdempotencyConflict(Conflict):
    """The key of this call was used before for another content."""

    code = "IDEMPOTENCY_CONFLICT"


class ReservationConflict(IdempotencyConflict):
    """The reservation id was used before with other content."""


class AdjustmentConflict(IdempotencyConflict):
    """The id of this adjustment was used before for another one."""


class ImportConflict(IdempotencyConflict):
    """The key of this import was used before for another one."""


class FeedConflict(IdempotencyConflict):
    """The key of these changes of stock was used before for others."""


class ImportFileReplaced(Conflict):
    """The file of an import was replaced while it was imported: its report says so, no call is answered with it."""


class VersionConflict(Conflict):
    """The level is not the version that the caller had read; `current` is the level now, None when there is none."""

    code = "VERSION_CONFLICT"

    def __init__(self, message: str, current: "Level | None") -> None:
        super().__init__(message)
        self.current = current

    def details(self) -> dict[str, Any]:
        return {"current": self.current.to_admin_json() if self.current else None}


class AlreadyDecided(Conflict):
    """The reservation already has another outcome, which does not change."""

    code = "ALREADY_DECIDED"


class BelowReserved(Conflict):
    """The change would remove units that reservations hold."""

    code = "BELOW_RESERVED"

    def __init__(self, message: str = "", removed: int = 0) -> None:
        super().__init__(message)
        self.removed = removed  # the units that were to be removed


class NotEmpty(Conflict):
    """The level still has units, so it cannot be deleted."""

    code = "NOT_EMPTY"


class ShardsChanging(Conflict):
    """The level is being spread over another number of shards. One change ends before the next one begins."""

    code = "SHARDS_CHANGING"


class LevelUnreadable(Conflict):
    """Another tool wrote the level's row in another form. It cannot be changed until its row is repaired."""

    code = "LEVEL_UNREADABLE"


class ReservationUnreadable(Conflict):
    """Another tool wrote the reservation's row in another form. Calls for it are possible when its row is repaired."""

    code = "RESERVATION_UNREADABLE"


class InsufficientStock(Conflict):
    """Some lines are short, so nothing is held."""

    code = "INSUFFICIENT_STOCK"

    def __init__(self, message: str, shortages: "tuple[Shortage, ...]") -> None:
        super().__init__(message)
        self.shortages = shortages

    def details(self) -> dict[str, Any]:
        return {"shortages": [shortage.to_json() for shortage in self.shortages]}


class HoldLimitReached(Conflict):
    """The customer would hold more than one customer may, so nothing is held."""

    code = "HOLD_LIMIT_REACHED"


class PaymentUnfulfilled(Conflict):
    """The payment is recorded, but it bought nothing: the money must be returned."""

    code = "PAYMENT_UNFULFILLED"

    def __init__(self, message: str, reservation: "Reservation") -> None:
        super().__init__(message)
        self.reservation = reservation

    def details(self) -> dict[str, Any]:
        return {"reservation": self.reservation.to_json()}


class RefundConflict(Conflict):
    """The money of this payment was returned under another reference."""

    code = "REFUND_CONFLICT"


class NotSold(Conflict):
    """More units would be returned than were sold and are not returned yet."""

    code = "NOT_SOLD"


class NotAllocated(Conflict):
    """More units would be dispatched than are sold and still in their warehouses."""

    code = "NOT_ALLOCATED"


class ReadModelMissing(Conflict):
    """The read model is being built, or its files are gone, and the list needs it. `make rebuild` builds it again."""

    code = "READ_MODEL_MISSING"


class TooLarge(InventoryError):
    """The file has more bytes than one call can carry."""


class ImportTooLarge(TooLarge):
    """The file has more bytes than one import may have."""

    code = "IMPORT_TOO_LARGE"


class ExportTooLarge(TooLarge):
    """The requested levels do not fit into one answer."""

    code = "EXPORT_TOO_LARGE"


# --- nobody's fault, and ours


class TransientError(InventoryError):
    """Too many writers met on the same items, or AWS throttled: the same call may succeed a moment later."""

    code = "BUSY"


class AlertsFailed(TransientError):
    """Some low-stock alerts could not be processed; the function fails, so that its alarm reports it."""


class StockDrifted(InventoryError):
    """A stock level does not have the units that a reservation holds of it: someone must look."""


class LevelMissing(StockDrifted):
    """A reservation holds units of a stock level whose row was deleted."""

    def __init__(self, message: str, key: "LevelKey") -> None:
        super().__init__(message)
        self.key = key
