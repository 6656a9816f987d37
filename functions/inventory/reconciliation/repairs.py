"""Repairs of what a comparison found: what they will write, and the conditions under which it is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from inventory.aws.changes import Change, Condition, Item
from inventory.aws.dynamodb import (
    Tables,
    Write,
    check,
    conditional_put,
    conditional_update,
    put,
    transact,
    update,
)
from inventory.identifiers import joined
from inventory.items import level_item, level_key, parse_or_none, to_level
from inventory.model import SHARDS_MAX, LevelKey, Movement, MovementKind, iso
from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.findings import CustomerDrift, Drift, absent_level
from inventory.stock.ledger import record
from inventory.stock.shards.parts import units_taken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The movement that takes over a level which another tool wrote comes before all others of its product.
BEFORE_ALL_OTHERS = "1970-01-01T00:00:00.000Z"
THE_JOB = "reconciliation"  # the actor in the ledger of what the scheduled jobs write

DOES_NOT_EXIST = Condition("attribute_not_exists(product_id)")


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of a level: on_hand, what reservations hold and what is sold and not dispatched are right.

    The rest follows from them. A level that does not exist has nothing on hand, so its ledger is closed. If units of it
    are held or allocated, somebody deleted its row although it was in use: it is created again as retired, with what its
    movements add up to, so that its holds can end. A person must look before anything of it is sold.

    A shard that its level counts no more, as another tool replaced the level's own row, is counted again.
    """

    drift: Drift
    on_hand: int
    reserved: int
    available: int
    delta: int  # of the movement that corrects the ledger's sum
    allocated: int = 0

    @classmethod
    def of(cls, drift: Drift) -> "Repair":
        allocated = max(0, drift.allocated)  # below 0 if another tool wrote the ledger
        claimed = drift.held + allocated
        on_hand = drift.level.on_hand if drift.exists or not claimed else max(drift.moved, claimed)
        return cls(drift, on_hand, drift.held, on_hand - claimed, on_hand - drift.moved, allocated)

    @property
    def is_possible(self) -> bool:
        """Whether on_hand covers what is held and allocated; otherwise people must decide which reservations to release."""
        return self.available >= 0

    @property
    def recreates(self) -> bool:
        """Whether the level must be created again."""
        return not self.drift.exists and self.drift.held + self.allocated > 0

    def __str__(self) -> str:
        level = self.drift.level
        if not self.is_possible:
            claims = f"{self.reserved} are held" + (f" and {self.allocated} allocated" if self.allocated else "")
            return f"{claims} of {level.on_hand} on hand: count the shelf, or release reservations"
        if self.recreates:
            figures = f"reserved {self.reserved}, available {self.available}"
            figures += f", allocated {self.allocated}" if self.allocated else ""
            return f"create it again, retired, with on hand {self.on_hand}, {figures}, movement {self.delta:+d}"
        if not self.drift.exists:
            return f"movement {self.delta:+d}"
        figures = f"reserved {level.reserved} -> {self.reserved}, available {level.available} -> {self.available}"
        if level.allocated or self.allocated:
            figures += f", allocated {level.allocated} -> {self.allocated}"
        counted_again = ", count it again as a shard of its level" if self.drift.is_hidden else ""
        return f"{figures}, movement {self.delta:+d}{counted_again}"


@dataclass(frozen=True, slots=True)
class Author:
    """Who repairs, why and when."""

    actor: str
    reason: str
    now: datetime


class Repairs:
    """Writes repairs. Each is written only if everything is still as the comparison read it."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def repair_level(self, drift: Drift, author: Author) -> bool:
        """Write the repair of a level.

        Returns:
            Whether it was written: not if the level changed since it was read, or too much of it is held.
        """
        repair = Repair.of(drift)
        if not repair.is_possible:
            return False
        movement = replace(
            _movement(drift.level.key, repair.delta, author, f"{author.reason} ({repair})"),
            allocated_delta=repair.allocated - drift.allocated,
        )
        if repair.recreates:
            return self._write(self._recreation(repair, movement), movement)
        if drift.exists:
            is_seen = not drift.is_hidden or self._count_again(drift.level.key, author.now)
            return is_seen and self._write(self._correction(repair, movement), movement)
        # The next id after the ledger's last one: a second repair of the same ledger is not written.
        closing = replace(movement, movement_id=joined(drift.last_movement_id, drift.level.warehouse_id))
        is_still_missing = check(self._tables.inventory, level_key(drift.level.key), DOES_NOT_EXIST)
        return self._write(is_still_missing, closing)

    def take_over(self, drift: Drift, author: Author) -> bool:
        """Open the ledger of a level that another tool wrote, with the units that it had before its first movement.

        Sales meanwhile do not matter, as each has its own movement. The id is always the same: it is written once.

        Returns:
            Whether it was written.
        """
        level = drift.level
        movement = replace(
            _movement(level.key, drift.opening, author, author.reason),
            movement_id=joined(BEFORE_ALL_OTHERS, level.warehouse_id),
        )
        was_not_deleted = Condition("version >= :version", {"version": level.version})
        return self._write(check(self._tables.inventory, level_key(level.key), was_not_deleted), movement)

    def repair_customer(self, drift: CustomerDrift) -> bool:
        """Let a customer be counted as their active reservations are.

        Returns:
            Whether it was written: not if the row was written since it was read.
        """
        holds, units = drift.held
        row = drift.row or {}
        changes = row.get("changes")
        repaired = {
            "active_holds": holds,
            "held_units": units,
            "changes": changes + 1 if isinstance(changes, Decimal) else 1,
        }
        key = {"customer_id": drift.customer_id}
        change = Change(set=repaired)
        item = conditional_update(self._client, self._tables.customers, key, change, _as_read(row, tuple(repaired)))
        return item is not None and item | repaired == item

    def _count_again(self, key: LevelKey, now: datetime) -> bool:
        """Let a level count a shard again; False while its number of shards changes.

        Its own row is created if it was deleted: retired, so that a person looks before anything of it is sold. How many
        shards it ever had is no longer known, so its history is read of all that there may have been.
        """
        table, shards = self._tables.inventory, key.shard + 1
        counts_fewer = Condition("attribute_not_exists(shards) OR shards < :shards", {"shards": shards})
        is_at_rest = Condition("attribute_exists(product_id) AND attribute_not_exists(shards_wanted)")
        change = Change(
            set={"shards": shards, "shards_max": SHARDS_MAX, "updated_at": iso(now)}, increase={"version": 1}
        )
        row = conditional_update(self._client, table, level_key(key.level), change, is_at_rest & counts_fewer)
        if row is None:
            own = replace(
                absent_level(key.level),
                shards=shards,
                shards_max=SHARDS_MAX,
                version=1,
                updated_at=iso(now),
                active=False,
            )
            return conditional_put(self._client, table, level_item(own), DOES_NOT_EXIST) is None
        level = parse_or_none(to_level, row)
        return level is not None and level.shards >= shards

    def _correction(self, repair: Repair, movement: Movement) -> Write:
        read = repair.drift.level
        # Every hold, release, sale and edit changes one of these.
        as_read = Condition(
            "on_hand = :on_hand AND reserved = :reserved AND available = :available AND version = :version"
            " AND updated_at = :updated_at",
            {
                "on_hand": read.on_hand,
                "reserved": read.reserved,
                "available": read.available,
                "version": read.version,
                "updated_at": read.updated_at,
            },
        )
        allocated_as_read = Condition("allocated = :allocated", {"allocated": read.allocated})
        if not read.allocated:
            allocated_as_read |= Condition("attribute_not_exists(allocated)")
        change = Change(
            set={
                "reserved": repair.reserved,
                "available": repair.available,
                **({"allocated": repair.allocated} if repair.allocated != read.allocated else {}),
                "updated_at": movement.moved_at,
            },
            increase={"version": 1},
            add=units_taken(read.key, read.available - repair.available),
        )
        return update(self._tables.inventory, level_key(read.key), change, as_read & allocated_as_read, about=read)

    def _recreation(self, repair: Repair, movement: Movement) -> Write:
        level = replace(
            repair.drift.level,
            on_hand=repair.on_hand,
            reserved=repair.reserved,
            available=repair.available,
            allocated=repair.allocated,
            version=1,
            updated_at=movement.moved_at,
            active=False,
        )
        return put(self._tables.inventory, level_item(level), DOES_NOT_EXIST, about=level)

    def _write(self, write: Write, movement: Movement) -> bool:
        return not transact(self._client, [write, record(self._tables, movement)])


def recreate_level(key: LevelKey, *, counters: CounterStore, repairs: Repairs, now: datetime) -> bool:
    """Create the level of a hold again whose row was deleted. Without it, the hold could never end.

    No other write needs a second reading here: without a level nothing can be held, released or sold.

    Returns:
        Whether it was written: not if another run did so.
    """
    moved = counters.moved([key]).get(key)
    drift = Drift.of(key, None, counters.held().units[key], moved)
    return repairs.repair_level(drift, Author(THE_JOB, "the level of a hold was deleted", now))


def _as_read(row: Item, names: tuple[str, ...]) -> Condition:
    """Each of these attributes is still as it was read, of whatever type, or still absent."""
    parts = [f"{name} = :{name}" if name in row else f"attribute_not_exists({name})" for name in names]
    return Condition(" AND ".join(parts), {name: row[name] for name in names if name in row})


def _movement(key: LevelKey, delta: int, author: Author, reason: str) -> Movement:
    moved_at = iso(author.now)
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=joined(moved_at, uuid4().hex),
        moved_at=moved_at,
        kind=MovementKind.RECONCILED,
        delta=delta,
        actor=author.actor,
        reason=reason,
        shard=key.shard,
    )
