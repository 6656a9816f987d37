"""What can go wrong, one sentence each. Expected outcomes (short, released, already paid) are values, not errors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.model import Level


class InventoryError(Exception):
    """Anything that this component refuses or fails to do."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a request: where it stands and what is wrong with it."""

    field: str
    message: str


class InvalidRequest(InventoryError):
    """The request breaks a rule; every wrong field is named, and nothing was written."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = errors


class InvalidReservation(InvalidRequest):
    """The reservation's content breaks a rule, or names stock that does not exist."""


class ReservationConflict(InventoryError):
    """The reservation id was used before with other content."""


class ReservationNotFound(InventoryError):
    """There is no reservation with this id."""


class AlreadyDecided(InventoryError):
    """The reservation was decided otherwise before, and that stands."""


class BelowReserved(InventoryError):
    """The change would take away units that reservations hold."""


class ProductNotFound(InventoryError):
    """No warehouse has a stock level of this product."""


class LevelNotFound(InventoryError):
    """There is no stock level of this product in this warehouse."""


class VersionConflict(InventoryError):
    """The level is not the one that the caller had seen; `current` is what it is now, None when there is none."""

    def __init__(self, message: str, current: "Level | None") -> None:
        super().__init__(message)
        self.current = current


class ImportConflict(InventoryError):
    """The key of this import was used before for another one."""


class AdjustmentConflict(InventoryError):
    """The id of this adjustment was used before for another one."""


class ImportNotFound(InventoryError):
    """There is no import with this id."""


class ImportTooLarge(InventoryError):
    """The file has more bytes than one import may have."""


class ExportTooLarge(InventoryError):
    """The levels asked for are more than one answer can carry."""


class TransientError(InventoryError):
    """Too many writers met on the same rows, or AWS throttled: the same call may succeed a moment later."""


class StockDrifted(InventoryError):
    """A stock level does not carry the units that a reservation holds of it: someone must look."""
