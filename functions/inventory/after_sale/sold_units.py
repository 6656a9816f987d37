"""The use cases of sold units: they are dispatched, and come back.

Each is decided from the reservation as it was read, and is written under the condition that it still is so; otherwise it
is read and decided again. The decision is kept under the call's key, in the same transaction.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from inventory.after_sale.distribution import plan_dispatch, plan_return
from inventory.after_sale.movements import movements_of_dispatch, movements_of_return
from inventory.after_sale.requests import Disposition, UnitsDispatch, UnitsReturn, merged
from inventory.after_sale.store import AfterSaleChange, AfterSaleStore
from inventory.after_sale.telemetry import record_dispatch, record_return
from inventory.aws.retries import ATTEMPTS_MAX, pause
from inventory.errors import (
    FieldError,
    InvalidReservation,
    LevelNotFound,
    LevelUnreadable,
    NotAllocated,
    NotSold,
    TransientError,
)
from inventory.identifiers import name_of
from inventory.model import UNITS_MAX, AfterSale, Level, LevelKey, Reservation, Returned, Status
from inventory.reservations.repeated_calls import RepeatedReservationCalls, ReservationCall
from inventory.reservations.store import ReservationStore
from inventory.stock.sourcing import SOURCES_MAX
from inventory.stock.store import StockStore

REFUSALS = (InvalidReservation, LevelNotFound, NotAllocated, NotSold)


@dataclass(frozen=True, slots=True)
class SoldUnits:
    """The use cases of units that were sold."""

    reservations: ReservationStore
    stock: StockStore
    store: AfterSaleStore
    calls: RepeatedReservationCalls

    def return_units(self, reservation_id: str, key: str, returned: UnitsReturn, now: datetime) -> Reservation:
        """Take sold units back; the same call again is answered like the first, also if it was refused.

        Raises:
            ReservationNotFound: there is no such reservation.
            ReservationConflict: the key was used before, with other content.
            NotSold: more would be returned than was sold and is not returned yet.
            LevelNotFound: units would go to a level that does not exist.
            InvalidReservation: a level would have more units than a level may have, or too many levels would change.
            LevelUnreadable: another tool wrote a level in another form.
            StockDrifted: a level does not have the units that are allocated of it.
            TransientError: the reservation or a level changed in every attempt.
        """
        call = ReservationCall("returnUnits", (key,), _content(reservation_id, returned.content()))

        def attempt(read: Reservation) -> Reservation | None:
            plan = plan_return(read, merged(returned.lines))
            levels = self._levels(plan.returned, returned)
            changed = _changed(read, plan.after_sale)
            if returned.disposition is Disposition.RESTOCK:
                moved = self.store.restocked(plan.returned, levels, now)
            else:
                moved = self.store.discarded(plan.returned, now)
            movements = movements_of_return(changed, returned, plan.returned, now)
            change = AfterSaleChange(read, changed, now)
            if not self.store.write(change, moved, movements, self.calls.made(call, changed, now)):
                return None
            record_return(changed, plan.returned, returned.disposition)
            return changed

        return self._once(call, reservation_id, attempt, now)

    def dispatch_units(self, reservation_id: str, dispatch: UnitsDispatch, now: datetime) -> Reservation:
        """Let allocated units leave their warehouses, once under its reference.

        Raises:
            ReservationNotFound: there is no such reservation.
            ReservationConflict: the reference was used before, with other content.
            NotAllocated: the sale was not tracked, or more would be dispatched than is allocated.
            LevelNotFound: a level was deleted.
            StockDrifted: a level does not have the units that are allocated of it.
            TransientError: the reservation changed in every attempt.
        """
        key = (name_of(reservation_id), dispatch.reference)
        call = ReservationCall("dispatchUnits", key, _content(reservation_id, dispatch.content()))

        def attempt(read: Reservation) -> Reservation | None:
            plan = plan_dispatch(read, None if dispatch.lines is None else merged(dispatch.lines))
            changed = _changed(read, plan.after_sale)
            moved = self.store.dispatched(plan.dispatched, now)
            movements = movements_of_dispatch(changed, dispatch, plan.dispatched, now)
            change = AfterSaleChange(read, changed, now)
            if not self.store.write(change, moved, movements, self.calls.made(call, changed, now)):
                return None
            record_dispatch(changed, plan.dispatched)
            return changed

        return self._once(call, reservation_id, attempt, now)

    def _once(
        self,
        call: ReservationCall,
        reservation_id: str,
        attempt: Callable[[Reservation], Reservation | None],
        now: datetime,
    ) -> Reservation:
        """Answer a call that was decided before, or decide it, until nothing changed in between.

        Args:
            attempt: writes a change of the reservation; None when it was no longer as it was read.
        """
        for number in range(ATTEMPTS_MAX):
            if number:
                pause(number - 1)
            answered = self.calls.answer(call)
            if answered:
                return answered
            read = self.reservations.get(reservation_id)
            try:
                changed = attempt(read)
            except REFUSALS as refusal:
                if read.status is not Status.COMMITTED:  # it may be sold a moment later, and the same call possible
                    raise
                return self.calls.refuse(call, refusal, now)
            if changed:
                return changed
        raise TransientError(f"reservation {reservation_id} keeps changing: try again")

    def _levels(self, parts: Iterable[Returned], returned: UnitsReturn) -> dict[LevelKey, Level]:
        """The levels that units would go to, which must have room for them."""
        keys = [part.key for part in parts]
        if len(keys) > SOURCES_MAX:
            message = f"would change {len(keys)} products and warehouses, and at most {SOURCES_MAX} are possible"
            raise InvalidReservation([FieldError("lines", message)])
        levels, unreadable = self.stock.levels_by_key(list(dict.fromkeys(key.level for key in keys)))
        for part in parts:
            name = f"{part.key.product_id} in {part.key.warehouse_id}"
            if part.key.level in unreadable:
                raise LevelUnreadable(f"the stock level of {name} was written in another form")
            if part.key.level not in levels:
                raise LevelNotFound(f"there is no stock level of {name}")
            level = levels[part.key.level]
            if returned.disposition is Disposition.RESTOCK and level.on_hand + part.dispatched > UNITS_MAX:
                message = f"would leave more than {UNITS_MAX} units of {name} on hand"
                raise InvalidReservation([FieldError(returned.field_of(part.key), message)])
        return levels


def _changed(read: Reservation, after_sale: tuple[AfterSale, ...]) -> Reservation:
    return replace(read, after_sale=after_sale, revision=read.revision + 1)


def _content(reservation_id: str, content: dict[str, object]) -> dict[str, object]:
    return {"reservation": name_of(reservation_id), **content}
