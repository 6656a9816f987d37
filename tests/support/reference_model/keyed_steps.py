"""Steps of the model-based test that are calls under keys: a held cart changes, sold units leave and come back."""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from inventory.model import LevelKey, Reservation
from tests.support.reference_model.calls import Disposition, Lines, SentCall
from tests.support.reference_model.checkouts import ReferenceModel, outcome
from tests.support.reference_model.comparison import seen
from tests.support.reference_model.edits import Edit, Part, lines_json
from tests.support.reference_model.placement import Placed
from tests.support.reference_model.reservation import ExpectedReservation, Seen
from tests.support.shop import Shop

# What must happen of these several times in all sequences together.
KEYED_STEPS_HAPPEN = (
    "cart that grew",
    "cart that shrank",
    "cart with another product",
    "cart without a product",
    "line that named its warehouse no longer",
    "line that named its warehouse",
    "line taken from other warehouses than before",
    "changed hold in part",
    "change refused: InsufficientStock",
    "change refused: HoldLimitReached",
    "change refused: AlreadyDecided",
    "change refused: InvalidReservation",
    "change: repeated",
    "change: repeated, and refused again",
    "change: repeated after the decision",
    "change: key used before",
    "changed hold that was sold",
    "changed hold that was released",
    "changed hold that was rescued",
    "tracked sale",
    "sale that is not tracked",
    "tracked rescue",
    "part dispatched",
    "all dispatched",
    "dispatch refused: NotAllocated",
    "dispatch refused: not tracked",
    "dispatch: repeated",
    "dispatch: repeated, and refused again",
    "dispatch: key used before",
    "RESTOCK of dispatched units",
    "RESTOCK of units still there",
    "DISCARD of dispatched units",
    "DISCARD of units still there",
    "return to another warehouse",
    "return of a sale that is not tracked",
    "return after a return",
    "return refused: NotSold",
    "return refused: LevelNotFound",
    "return: repeated",
    "return: repeated, and refused again",
    "return: key used before",
)


class KeyedSteps:
    """The part of the machine with these steps."""

    shop: Shop
    expected: ReferenceModel
    happened: ClassVar[Counter[str]]
    now: datetime

    def its_cart_changes(self, reservation_id: str, edit: Edit) -> None:
        lines = edit.of(self.expected.reservations[reservation_id].lines)
        self.a_call_is_sent(SentCall("change", self._new_key(), reservation_id, lines))

    def its_units_are_dispatched(self, reservation_id: str, parts: tuple[Part, ...] | None) -> None:
        sale = self.expected.reservations[reservation_id].sale
        lines = None if parts is None else self._lines(reservation_id, parts, sale.allocated_units() if sale else None)
        self.a_call_is_sent(SentCall("dispatch", self._new_key(), reservation_id, lines))

    def its_units_come_back(self, reservation_id: str, parts: tuple[Part, ...], disposition: Disposition) -> None:
        sale = self.expected.reservations[reservation_id].sale
        lines = self._lines(reservation_id, parts, sale.returnable_units() if sale else None)
        self.a_call_is_sent(SentCall("return", self._new_key(), reservation_id, lines, disposition))

    def a_call_is_repeated(self, call: SentCall) -> None:
        self.a_call_is_sent(replace(call, lines=call.lines and tuple(reversed(call.lines))))

    def its_key_is_used_for_another_call(self, call: SentCall) -> None:
        line, quantity = (call.lines or ((("P-1", None), 0),))[0]
        self.a_call_is_sent(replace(call, lines=((line, quantity + 1), *(call.lines or ())[1:])))

    def tracking_is_switched(self, on: bool) -> None:
        self.shop.tracks_dispatch = self.expected.settings.tracks_dispatch = on

    def a_call_is_sent(self, call: SentCall) -> None:
        """A call is answered as the model expects, the first time and each later time."""
        found = self.expected.reservations[call.reservation_id]
        before, is_new = deepcopy(found), not self.expected.calls.is_decided(call)
        if is_new:
            self.expected.calls.sent.append(call)

        answer = outcome(lambda: seen(self._send(call)))

        assert answer == outcome(lambda: self._expect(call))
        note = Note(self.happened, call, before, found)
        refusal = error_of(answer)
        if not is_new:
            note.repetition(refusal)
        elif refusal:
            note.refusal(refusal)
        else:
            note.what_was_done()

    def _send(self, call: SentCall) -> Reservation:
        lines = lines_json(call.lines or ())
        match call.kind:
            case "change":
                return self.shop.changes(call.reservation_id, *lines, key=call.key)
            case "dispatch":
                return self.shop.dispatches(call.reservation_id, *lines, reference=call.key)
            case "return":
                disposition = call.disposition or ""
                return self.shop.returns(call.reservation_id, *lines, disposition=disposition, key=call.key)

    def _expect(self, call: SentCall) -> Seen:
        match call.kind:
            case "change":
                return self.expected.changes(call)
            case "dispatch":
                return self.expected.dispatches(call, self.now)
            case "return":
                return self.expected.takes_back(call, self.now)

    def _lines(self, reservation_id: str, parts: tuple[Part, ...], left: Mapping[LevelKey, int] | None) -> Lines:
        """The lines of a call; of what it holds, if nothing of it is left."""
        units = left or self.expected.reservations[reservation_id].holdings
        return tuple(part.of(units) for part in parts)

    def _new_key(self) -> str:
        return f"K-{len(self.expected.calls.sent) + 1}"


def error_of(answer: Any) -> str | None:
    """The name of the error that was answered, if it was one."""
    error = answer[0] if isinstance(answer, tuple) else answer
    return error.__name__ if isinstance(error, type) else None


@dataclass(frozen=True)
class Note:
    """Counts what a call did, so that nothing is proved of what never happens."""

    happened: Counter[str]
    call: SentCall
    before: ExpectedReservation
    after: ExpectedReservation

    def repetition(self, refusal: str | None) -> None:
        """Its key was known."""
        kind = self.call.kind
        if refusal == "ReservationConflict":
            self.happened[f"{kind}: key used before"] += 1
        else:
            self.happened[f"{kind}: repeated" + (", and refused again" if refusal else "")] += 1
            is_decided = kind == "change" and self.after.status != "HELD" and refusal is None
            self.happened["change: repeated after the decision"] += is_decided

    def refusal(self, refusal: str) -> None:
        """Nothing was done."""
        self.happened[f"{self.call.kind} refused: {refusal}"] += 1
        if self.call.kind == "dispatch" and self.after.sale:
            self.happened["dispatch refused: not tracked"] += not self.after.sale.tracked

    def what_was_done(self) -> None:
        """Count what is special about it."""
        match self.call.kind:
            case "change":
                self._change()
            case "dispatch":
                left = self.after.sale and self.after.sale.allocated
                self.happened["part dispatched" if left else "all dispatched"] += 1
            case "return":
                self._return()

    def _change(self) -> None:
        before, after = self.before.lines, self.after.lines
        products_before, products = {product_id for product_id, _ in before}, {product_id for product_id, _ in after}
        unplaced_before, unplaced = _unplaced(before), _unplaced(after)
        self.happened["cart that grew"] += self.after.units > self.before.units
        self.happened["cart that shrank"] += self.after.units < self.before.units
        self.happened["cart with another product"] += not products <= products_before
        self.happened["cart without a product"] += not products_before <= products
        self.happened["line that named its warehouse no longer"] += bool((unplaced & products_before) - unplaced_before)
        self.happened["line that named its warehouse"] += bool((unplaced_before & products) - unplaced)
        self.happened["changed hold in part"] += bool(self.before.shortages)
        self.happened["line taken from other warehouses than before"] += any(
            before[line].keys() != taken.keys() for line, taken in after.items() if line in before
        )

    def _return(self) -> None:
        before, after = self.before.sale, self.after.sale
        if not before or not after:
            return
        back = [new for old, new in zip(before.units, after.units, strict=True) if old != new]
        sources = {(key.product_id, key.warehouse_id) for key in self.after.holdings}
        named = {line for line, _ in self.call.lines or () if line[1]}
        disposition = self.call.disposition
        self.happened[f"{disposition} of units still there"] += any(not unit.is_dispatched for unit in back)
        self.happened[f"{disposition} of dispatched units"] += after.tracked and any(
            unit.is_dispatched for unit in back
        )
        self.happened["return of a sale that is not tracked"] += not after.tracked
        self.happened["return after a return"] += any(unit.is_returned for unit in before.units)
        self.happened["return to another warehouse"] += bool(named - sources)


def note_end(happened: Counter[str], reservation: ExpectedReservation) -> None:
    """Count what became of a reservation whose hold was changed, or whose sale was tracked or not."""
    sale = reservation.sale
    if reservation.changes:
        happened["changed hold that was released"] += reservation.status == "RELEASED"
        happened["changed hold that was sold"] += sale is not None
        happened["changed hold that was rescued"] += reservation.rescued
    happened["tracked sale"] += bool(sale and sale.tracked)
    happened["sale that is not tracked"] += bool(sale and not sale.tracked)
    happened["tracked rescue"] += bool(sale and sale.tracked and reservation.rescued)


def _unplaced(lines: Placed) -> set[str]:
    """The products of which a line names no warehouse."""
    return {product_id for product_id, warehouse_id in lines if warehouse_id is None}
