"""How much one customer holds, counted on an item of the customer's own.

This item is never written alone: each change is part of the transaction that begins or ends a hold. So it happens
exactly as often as the reservation's own condition allows, which is once.
"""

from inventory.aws.changes import Change, Condition
from inventory.aws.dynamodb import Tables, Write, update
from inventory.model import CustomerLimits, Reservation


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
            Change(add={"active_holds": 1, "held_units": reservation.units}),
            holds_nothing_yet | within_limits if units_before >= 0 else within_limits,
            about=limits,
        )
    ]


def uncount_hold(tables: Tables, reservation: Reservation) -> list[Write]:
    """The write that no longer counts a hold. It has no condition: a count must never stop a sale."""
    if reservation.customer_id is None:
        return []
    return [
        update(
            tables.customers,
            {"customer_id": reservation.customer_id},
            Change(add={"active_holds": -1, "held_units": -reservation.units}),
            condition=None,
        )
    ]
