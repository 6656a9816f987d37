"""What one customer holds, counted on a row of the customer's own.

No row is written alone: each change is an action of the transaction that begins or ends a hold, so that it happens as
often as the reservation's own condition lets that happen, which is once.
"""

from typing import TYPE_CHECKING

from inventory.aws.dynamodb import Tables, update
from inventory.model import CustomerLimits, Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef as Action


def count_hold(tables: Tables, reservation: Reservation, limits: CustomerLimits) -> list["Action"]:
    """The action that counts a new hold and is refused beyond a limit; none when nobody knows the customer."""
    if reservation.customer_id is None:
        return []
    holds_nothing_yet = "attribute_not_exists(customer_id)"  # a first hold makes the row
    has_a_hold_left = "active_holds < :holds_max"
    has_the_units_left = "held_units <= :units_before"  # a condition has no arithmetic: what may be there before
    units_before = limits.units_max - reservation.units
    within = f"{has_a_hold_left} AND {has_the_units_left}"
    return [
        update(
            tables.customers,
            {"customer_id": reservation.customer_id},
            "ADD active_holds :one, held_units :units",
            # What is beyond the limit by itself is so for a first hold too.
            condition=f"{holds_nothing_yet} OR ({within})" if units_before >= 0 else within,
            values={
                ":one": 1,
                ":units": reservation.units,
                ":holds_max": limits.holds_max,
                ":units_before": units_before,
            },
        )
    ]


def uncount_hold(tables: Tables, reservation: Reservation) -> list["Action"]:
    """The action that takes a hold off the count again. It has no condition: no count may stand in the way of a sale."""
    if reservation.customer_id is None:
        return []
    return [
        update(
            tables.customers,
            {"customer_id": reservation.customer_id},
            "ADD active_holds :one_less, held_units :units_less",
            condition=None,
            values={":one_less": -1, ":units_less": -reservation.units},
        )
    ]
