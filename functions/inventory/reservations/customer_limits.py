"""How much one customer holds, counted on an item of the customer's own.

This item is never written alone: each change is part of the transaction that begins or ends a hold. So it happens
exactly as often as the reservation's own condition allows, which is once. `changes` counts the writes, so that the
comparison of the tables sees whether an item was written between two readings.
"""

from collections import Counter
from collections.abc import Iterable

from inventory.aws.changes import Change, Condition
from inventory.aws.dynamodb import Tables, Write, update
from inventory.model import CustomerLimits, Reservation
from inventory.values import dataclass


def count_hold(tables: Tables, reservation: Reservation, limits: CustomerLimits) -> list[Write]:
    """The write that counts a new hold and fails beyond a limit; none when the customer is unknown."""
    if reservation.customer_id is None:
        return []
    # A condition has no arithmetic: compare with what the customer may hold before this hold.
    units_before = limits.units_max - reservation.units
    within_limits = Condition(
        "active_holds < :holds_max AND held_units <= :units_before",
        {"holds_max": limits.holds_max, "units_before": units_before},
    )
    holds_nothing_yet = Condition("attribute_not_exists(customer_id)")  # the first hold creates the item
    # A hold that is beyond the limit by itself is refused as a first hold too.
    return [
        update(
            tables.customers,
            {"customer_id": reservation.customer_id},
            Change(add={"active_holds": 1, "held_units": reservation.units, "changes": 1}),
            holds_nothing_yet | within_limits if units_before >= 0 else within_limits,
            about=limits,
        )
    ]


@dataclass(frozen=True, slots=True)
class CustomerCount:
    """What the write that no longer counts a hold is about."""

    customer_id: str


# Otherwise an error of the whole transaction would follow, and a count must never stop a sale.
ARE_NUMBERS = Condition(
    "(attribute_not_exists(active_holds) OR attribute_type(active_holds, :number))"
    " AND (attribute_not_exists(held_units) OR attribute_type(held_units, :number))"
    " AND (attribute_not_exists(changes) OR attribute_type(changes, :number))",
    {"number": "N"},
)


def uncount_hold(tables: Tables, reservation: Reservation) -> list[Write]:
    """The write that no longer counts a hold; it fails if the counts are no numbers."""
    if reservation.customer_id is None:
        return []
    return [_uncount(tables, reservation.customer_id, 1, reservation.units)]


def uncount_holds(tables: Tables, reservations: Iterable[Reservation]) -> list[Write]:
    """The writes that no longer count several holds, one of each customer; each fails if the counts are no numbers."""
    holds: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for reservation in reservations:
        if reservation.customer_id is not None:
            holds[reservation.customer_id] += 1
            units[reservation.customer_id] += reservation.units
    return [_uncount(tables, customer_id, holds[customer_id], units[customer_id]) for customer_id in holds]


def _uncount(tables: Tables, customer_id: str, holds: int, units: int) -> Write:
    return update(
        tables.customers,
        {"customer_id": customer_id},
        Change(add={"active_holds": -holds, "held_units": -units, "changes": 1}),
        ARE_NUMBERS,
        about=CustomerCount(customer_id),
    )


def recount_hold(tables: Tables, read: Reservation, changed: Reservation, limits: CustomerLimits) -> list[Write]:
    """The write that counts the other units of a changed hold; none if they are as many, or the customer is unknown.

    More units fail beyond the limit, about `limits`. Fewer never do, also if the limit is lower by now; they fail only if
    the counts are no numbers.
    """
    units = changed.units - read.units
    if read.customer_id is None or units == 0:
        return []
    units_before = limits.units_max - units
    # Without a row, which another tool has deleted, nothing is known to be held.
    has_no_row = Condition("attribute_not_exists(customer_id)")
    within_limit = Condition("held_units <= :units_before", {"units_before": units_before})
    may_hold_more = has_no_row | within_limit if units_before >= 0 else within_limit
    return [
        update(
            tables.customers,
            {"customer_id": read.customer_id},
            Change(add={"held_units": units, "changes": 1}),
            may_hold_more if units > 0 else ARE_NUMBERS,
            about=limits if units > 0 else CustomerCount(read.customer_id),
        )
    ]
