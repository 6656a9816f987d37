"""The ledger entries of returns and dispatches, one for each level: plain values, without AWS."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from inventory.after_sale.requests import Disposition, UnitsDispatch, UnitsReturn
from inventory.identifiers import joined
from inventory.model import Holding, LevelKey, Movement, MovementKind, Reservation, Returned, iso


def movements_of_return(
    changed: Reservation, call: UnitsReturn, returned: Iterable[Returned], now: datetime
) -> Iterator[Movement]:
    """The movements of returned units: dispatched ones were not on hand, undispatched ones still were.

    Args:
        changed: the reservation with this return, whose revision no other change has.
    """
    is_restocked = call.disposition is Disposition.RESTOCK
    reason = f"{'restocked' if is_restocked else 'discarded'}: {call.reference}"
    entry = _Entry(changed, MovementKind.RETURNED, reason, iso(now))
    for part in returned:
        delta = part.dispatched if is_restocked else -part.undispatched
        yield entry.movement(part.key, part.units, delta, allocated_delta=-part.undispatched)


def movements_of_dispatch(
    changed: Reservation, call: UnitsDispatch, dispatched: Iterable[Holding], now: datetime
) -> Iterator[Movement]:
    """The movements of units that leave their warehouses; `changed` as in `movements_of_return`."""
    entry = _Entry(changed, MovementKind.DISPATCHED, f"dispatched: {call.reference}", iso(now))
    for part in dispatched:
        yield entry.movement(part.key, part.quantity, -part.quantity, allocated_delta=-part.quantity)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the movements of one call have in common. Their reference is the reservation, the caller's is in the reason."""

    changed: Reservation
    kind: MovementKind
    reason: str
    moved_at: str

    def movement(self, key: LevelKey, units: int, delta: int, *, allocated_delta: int) -> Movement:
        return Movement(
            product_id=key.product_id,
            warehouse_id=key.warehouse_id,
            movement_id=joined(self.moved_at, self.changed.name, str(self.changed.revision), key.warehouse_id),
            moved_at=self.moved_at,
            kind=self.kind,
            delta=delta,
            actor="checkout",
            reason=self.reason,
            reference=self.changed.reservation_id,
            units=None if units == abs(delta) else units,
            allocated_delta=allocated_delta,
            shard=key.shard,
        )
