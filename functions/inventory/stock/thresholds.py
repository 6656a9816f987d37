"""Which side of its low-stock threshold a level is on, as conditions.

A level is low while its unsold units, `on_hand - allocated`, are at or below its threshold. A condition has no arithmetic,
so each is written with what was read of the level. It can fail although the level is on that side, but it never holds
while the level is on the other one.
"""

from inventory.aws.changes import Change, Condition
from inventory.model import Level

# What rearms an alert: the next time that the level becomes low is a new crossing.
REARMED = Change(set={"low_stock_alerted": False}, remove=("low_stock_alert_by", "low_stock_alert_at"))


def is_low(read: Level) -> Condition:
    """The level is low.

    One that is spread was low when its own row was at this version: its shards were read after it, and whatever raises
    their sum writes that row too.
    """
    if read.is_spread:
        return _own_as_read(read) & _same_or_higher_threshold(read)
    if not read.allocated:
        return Condition("on_hand <= low_stock_threshold")  # allocated units make it only lower
    return _same_or_higher_threshold(read) & unsold_at_most(read.low_stock_threshold, read)


def is_above(read: Level) -> Condition:
    """The level is above its threshold. One that is spread was so when its own row was at this version."""
    threshold = Condition("low_stock_threshold <= :threshold", {"threshold": read.low_stock_threshold})
    if read.is_spread:
        return _own_as_read(read) & threshold
    return threshold & unsold_above(read.low_stock_threshold, read)


def stays_on_its_side(read: Level, units: int) -> tuple[Condition, Change]:
    """What a write needs that adds unsold units: it is known whether the level is low afterwards.

    Of a level that is spread, its own row is written. It was on that side when it was read: a sale from another shard that
    makes it low in between is found by the scheduled check.

    Args:
        units: below 0 if it removes some.

    Returns:
        The condition, and what else the write must change: it rearms the alert of a level that is above its threshold.
    """
    same_threshold = Condition("low_stock_threshold = :threshold", {"threshold": read.low_stock_threshold})
    highest_that_stays_low = read.low_stock_threshold - units
    if read.is_spread:
        return same_threshold, REARMED if read.unsold > highest_that_stays_low else Change()
    if read.unsold > highest_that_stays_low:
        return same_threshold & unsold_above(highest_that_stays_low, read), REARMED
    return same_threshold & unsold_at_most(highest_that_stays_low, read), Change()


def unsold_at_most(units: int, read: Level) -> Condition:
    """At most so many units are unsold. What was allocated since makes it only fewer."""
    on_hand = Condition("on_hand <= :highest", {"highest": units + read.allocated})
    return on_hand & Condition("allocated >= :allocated", {"allocated": read.allocated}) if read.allocated else on_hand


def unsold_above(units: int, read: Level) -> Condition:
    """More than so many units are unsold."""
    on_hand = Condition("on_hand > :highest", {"highest": units + read.allocated})
    # Available units are unsold: while enough are, it does not matter what was allocated since.
    nothing_allocated_since = Condition(
        "attribute_not_exists(allocated) OR allocated <= :allocated OR available > :units",
        {"allocated": read.allocated, "units": units},
    )
    return on_hand & nothing_allocated_since


def _own_as_read(read: Level) -> Condition:
    return Condition("version = :own_version", {"own_version": read.parts[0].version})


def _same_or_higher_threshold(read: Level) -> Condition:
    return Condition("low_stock_threshold >= :threshold", {"threshold": read.low_stock_threshold})
