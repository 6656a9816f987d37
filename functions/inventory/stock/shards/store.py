"""The rows of shards in DynamoDB: each step of a change of their number is one conditional write or transaction.

A change that is under way is named on the level's own row, and is listed in a partition of its own beside the shards, so
that the scheduled run finds it with one query.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from inventory.aws.changes import Change, Condition, Item
from inventory.aws.dynamodb import (
    Tables,
    Write,
    check,
    conditional_put,
    conditional_update,
    delete,
    items_of,
    put,
    transact,
    update,
)
from inventory.identifiers import joined
from inventory.items import SHARD_CHANGES, level_item, level_key, parse_or_none
from inventory.model import Level, LevelKey, Movement, MovementKind, iso
from inventory.stock.ledger import record
from inventory.stock.shards.parts import units_taken, units_taken_after_removal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ALLOCATES_NOTHING = Condition("attribute_not_exists(allocated) OR allocated = :none", {"none": 0})
EXISTS = Condition("attribute_exists(product_id)")


class ShardStore:
    """The shards of levels in DynamoDB. `own` is always the level's own row as it was read, `None` in an answer: read again."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def changes(self) -> Iterator[LevelKey]:
        """The levels whose number of shards changes."""
        request = {
            "TableName": self._tables.inventory,
            "KeyConditionExpression": "product_id = :changes",
            "ExpressionAttributeValues": {":changes": {"S": SHARD_CHANGES}},
            "ConsistentRead": True,
        }
        found = (parse_or_none(_to_changing, item) for item in items_of(self._client.query, request))
        return (key for key in found if key)

    def begin(self, own: Level, wanted: int, now: datetime) -> bool:
        """Name a change on the level's own row and list it; False if the number is no longer as it was read."""
        no_other = Condition("attribute_not_exists(shards_wanted)")  # one change at a time
        change = Change(
            set={
                "shards_wanted": wanted,
                "shards_max": max(own.shards_max, own.shards, wanted),
                "updated_at": iso(now),
            },
            increase={"version": 1},
        )
        listed: Item = {**_listed_key(own.key), "level": level_key(own.key), "updated_at": iso(now)}
        writes = [
            self._own(own, change, EXISTS & no_other & _has_shards(own)),
            put(self._tables.inventory, listed, None),
        ]
        return not transact(self._client, writes)

    def finish(self, own: Level, now: datetime) -> None:
        """End a change whose number is reached."""
        change = Change(set={"updated_at": iso(now)}, increase={"version": 1}, remove=("shards_wanted",))
        as_read = Condition("shards_wanted = :wanted", {"wanted": own.shards_wanted}) & _has_shards(own)
        transact(self._client, [self._own(own, change, as_read), self._unlisted(own.key)])

    def unlist(self, key: LevelKey) -> bool:
        """Do not list a level any more whose change is over, or whose row was deleted; False while it is under way."""
        is_over = Condition("attribute_not_exists(shards_wanted)")
        writes = [check(self._tables.inventory, level_key(key), is_over, about=key), self._unlisted(key)]
        return not transact(self._client, writes)

    def create_empty(self, own: Level, shard: int, now: datetime) -> None:
        """Write the row of a shard without units, unless it exists. Nobody reads it before the level's row counts it."""
        row = replace(_empty(own), shard=shard, updated_at=iso(now), units_taken=own.units_taken)
        conditional_put(
            self._client, self._tables.inventory, level_item(row), Condition("attribute_not_exists(product_id)")
        )

    def count_new(self, own: Level, now: datetime) -> None:
        """Let everybody use the new, empty shards."""
        change = Change(set={"shards": own.shards_wanted, "updated_at": iso(now)}, increase={"version": 1})
        condition = Condition("shards_wanted = :wanted", {"wanted": own.shards_wanted}) & _has_shards(own)
        conditional_update(self._client, self._tables.inventory, level_key(own.key), change, condition)

    def copy_settings(self, own: Level, part: Level) -> None:
        """Let a shard that was created before its level was edited have what holds of it need."""
        set_active = {} if own.active else {"active": False}
        change = Change(
            set={"low_stock_threshold": own.low_stock_threshold, **set_active}, remove=("active",) if own.active else ()
        )
        not_edited_since = EXISTS & Condition("attribute_not_exists(settings_version)")
        conditional_update(self._client, self._tables.inventory, level_key(part.key), change, not_edited_since)

    def move(self, own: Level, source: Level, target: Level, movement: Movement) -> bool:
        """Move units from one shard to another one, each with its movement; `movement` is that of the target.

        The level's own row counts the target and is written too: a decision from a sum of shards names its version.

        Returns:
            False when the source has fewer units, or the target is no longer one of the level's shards.
        """
        units = movement.delta
        at = {"updated_at": movement.moved_at}
        changes = {part.key: Change(set=at, increase={"version": 1}) for part in (own, source, target)}
        for part, delta in ((source, -units), (target, units)):
            increase = {"on_hand": delta, "available": delta, "version": 1}
            changes[part.key] = replace(changes[part.key], increase=increase, add=units_taken(part.key, -delta))
        conditions = dict.fromkeys(changes, EXISTS)
        conditions[own.key] &= _counts(target)
        conditions[source.key] &= Condition("available >= :units", {"units": units})  # never what others hold
        writes = [
            update(self._tables.inventory, level_key(key), change, conditions[key], about=key)
            for key, change in changes.items()
        ]
        taken = replace(movement, delta=-units, shard=source.shard)
        return not transact(self._client, [*writes, record(self._tables, taken), record(self._tables, movement)])

    def remove_last(self, own: Level, last: Level | None, movement: Movement) -> bool:
        """Remove the last shard, whose units are all available, in one transaction: they go to the level's own row.

        Args:
            last: as it was read; None if its row was deleted by another tool.
            movement: that of the level's own row: all units of the last shard.

        Returns:
            False when it is no longer as it was read.
        """
        left = own.shards - 1
        units = movement.delta
        # With the removed row's version, the level's sum of versions does not become one that it had before.
        version = 1 + (last.version if last else 0)
        change = Change(
            set={
                "updated_at": movement.moved_at,
                "units_taken": units_taken_after_removal(own, last),
                **({"shards": left} if left > 1 else {}),
            },
            increase={"on_hand": units, "available": units, "version": version},
            remove=() if left > 1 else ("shards",),
        )
        condition = Condition("shards_wanted = :wanted", {"wanted": own.shards_wanted}) & _has_shards(own)
        writes = [self._own(own, change, condition)]
        if last:
            is_idle = Condition(
                "version = :version AND on_hand = :units AND available = :units AND reserved = :none",
                {"version": last.version, "units": units, "none": 0},
            )
            condition = is_idle & ALLOCATES_NOTHING & _has_taken(last)
            writes.append(delete(self._tables.inventory, level_key(last.key), condition, about=last))
        if units:
            closing = replace(movement, delta=-units, shard=left)
            writes += [record(self._tables, closing), record(self._tables, movement)]
        return not transact(self._client, writes)

    def _unlisted(self, key: LevelKey) -> Write:
        return delete(self._tables.inventory, _listed_key(key), None)

    def _own(self, own: Level, change: Change, condition: Condition) -> Write:
        return update(self._tables.inventory, level_key(own.key), change, condition, about=own)


def movement_between_shards(key: LevelKey, units: int, actor: str, now: datetime) -> Movement:
    """The entry of units that a shard gets from another one."""
    return Movement(
        product_id=key.product_id,
        warehouse_id=key.warehouse_id,
        movement_id=joined(iso(now), uuid4().hex),
        moved_at=iso(now),
        kind=MovementKind.MOVED,
        delta=units,
        actor=actor,
        reason="moved between shards",
        shard=key.shard,
    )


def _empty(own: Level) -> Level:
    return Level(
        own.product_id,
        own.warehouse_id,
        name="",
        category="",
        on_hand=0,
        reserved=0,
        available=0,
        low_stock_threshold=own.low_stock_threshold,
        version=0,
        updated_at=own.updated_at,
        active=own.active,
    )


def _has_shards(own: Level) -> Condition:
    """The number of shards is still as it was read."""
    if own.is_spread:
        return Condition("shards = :shards", {"shards": own.shards})
    return Condition("attribute_not_exists(shards)")


def _has_taken(last: Level) -> Condition:
    """No units were held of it since it was read: a hold that ended raises no version."""
    as_read = Condition("units_taken = :taken", {"taken": last.units_taken})
    return as_read | Condition("attribute_not_exists(units_taken)")  # none were ever


def _counts(target: Level) -> Condition:
    """The level has the target as one of its shards: a late writer must not move units to where nobody looks."""
    return Condition("shards > :target", {"target": target.shard})


def _listed_key(key: LevelKey) -> dict[str, str]:
    return {"product_id": SHARD_CHANGES, "warehouse_id": joined(key.warehouse_id, key.product_id)}


def _to_changing(item: Item) -> LevelKey:
    return LevelKey(item["level"]["product_id"], item["level"]["warehouse_id"])
