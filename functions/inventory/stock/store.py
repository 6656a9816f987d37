"""Stock levels and their low-stock alerts in DynamoDB: each change is one conditional write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.aws.changes import Change, Condition, Item, to_attributes
from inventory.aws.dynamodb import (
    BATCH_GET_MAX,
    Part,
    Tables,
    Write,
    batch_get,
    conditional_update,
    delete,
    items_of,
    put,
    transact,
    update,
)
from inventory.errors import LevelUnreadable
from inventory.items import (
    Unreadable,
    is_heartbeat,
    is_of_shard,
    level_item,
    level_key,
    parse_or_none,
    parse_or_report,
    to_level,
    to_level_key,
)
from inventory.model import UNITS_MAX, Level, LevelKey, Movement, iso
from inventory.stock import thresholds, units
from inventory.stock.ledger import is_recorded, record
from inventory.stock.shards.parts import Holdable, other_shards, shares, units_taken, whole
from inventory.stock.thresholds import REARMED

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class StockStore:
    """Stock levels in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    # --- levels: one that is spread over shards is read as one, with the sums of its parts

    def levels(self, keys: Sequence[LevelKey]) -> list[Level]:
        """Stock levels, strongly consistent, in no order; those that do not exist or cannot be read are left out."""
        levels, _ = self.levels_by_key(keys)
        return list(levels.values())

    def levels_by_key(self, keys: Sequence[LevelKey]) -> tuple[dict[LevelKey, Level], frozenset[LevelKey]]:
        """Stock levels, strongly consistent, and the keys of those that exist and cannot be read."""
        found = self._with_shards(self._rows(keys))
        levels = {key: level for key, level in found.items() if isinstance(level, Level)}
        return levels, frozenset(found.keys() - levels.keys())

    def levels_or_unreadable(self, keys: Sequence[LevelKey]) -> dict[LevelKey, Level | Unreadable]:
        """Stock levels that exist, strongly consistent, and what is wrong with those that cannot be read."""
        return self._with_shards(self._rows(keys))

    def level(self, key: LevelKey) -> Level | None:
        """One stock level, strongly consistent, if it exists.

        Raises:
            LevelUnreadable: another tool wrote it in another form.
        """
        found = self._with_shards(self._rows([key])).get(key)
        if isinstance(found, Unreadable):
            raise _unreadable(key, found)
        return found

    def levels_of(self, product_id: str) -> list[Level]:
        """Every readable level of a product, strongly consistent, by warehouse."""
        found = self._with_shards(self.items_of(product_id))
        return [level for level in found.values() if isinstance(level, Level)]

    def levels_with_unreadable_of(self, product_id: str) -> tuple[list[Level], dict[LevelKey, Unreadable]]:
        """Every readable level of a product, strongly consistent, and what is wrong with those that cannot be read."""
        found = self._with_shards(self.items_of(product_id))
        levels = [level for level in found.values() if isinstance(level, Level)]
        return levels, {key: level for key, level in found.items() if isinstance(level, Unreadable)}

    def holdable(self, product_id: str) -> Holdable:
        """What can be held of each level of a product, strongly consistent; nothing of a retired or unreadable one.

        They are one partition, so one query reads them as close together as a read without a transaction can. Shards are
        read after it.
        """
        found = self._with_shards(self.items_of(product_id))
        return _holdable(found)

    def holdable_at(self, keys: Sequence[LevelKey]) -> Holdable:
        """The same of some levels."""
        return _holdable(self._with_shards(self._rows(keys)))

    def existing(self, keys: Iterable[LevelKey]) -> frozenset[LevelKey]:
        """Those of the levels that exist, whatever is in their rows."""
        return frozenset(map(to_level_key, self._rows(dict.fromkeys(keys))))

    def rows(self, keys: Sequence[LevelKey]) -> list[Level]:
        """The rows of levels and of shards as they are, strongly consistent, in no order; each only with its own figures.

        Those that do not exist or cannot be read are left out.
        """
        return _readable(self._rows(keys))

    def items(self, keys: Sequence[LevelKey]) -> dict[LevelKey, Item]:
        """The items of the own rows of levels, from which `levels_in` makes levels."""
        return {to_level_key(item): item for item in self._rows(keys)}

    def items_of(self, product_id: str) -> list[Item]:
        """The items of the own rows of a product's levels, strongly consistent, by warehouse."""
        return list(items_of(self._client.query, self._levels_of(product_id)))

    def levels_in(self, items: Sequence[Item]) -> dict[LevelKey, Level]:
        """The readable levels in the items of their own rows, as a list has read them."""
        found = self._with_shards(items)
        return {key: level for key, level in found.items() if isinstance(level, Level)}

    def _rows(self, keys: Iterable[LevelKey]) -> list[Item]:
        return batch_get(self._client, self._tables.inventory, list(map(level_key, keys)))

    def _with_shards(self, items: Sequence[Item]) -> dict[LevelKey, "Level | Unreadable"]:
        """Levels from the items of their own rows; one more read only if some of them are spread.

        A level of which one shard cannot be read cannot be read. A shard that does not exist has no units.
        """
        found = {to_level_key(item): parse_or_report(to_level, item) for item in items}
        spread = [level for level in found.values() if isinstance(level, Level) and level.is_spread]
        if not spread:
            return found
        parts = defaultdict(list)
        for item in self._rows(key for level in spread for key in other_shards(level)):
            parts[to_level_key(item).level].append(parse_or_report(to_level, item))
        for level in spread:
            wrong = next((part for part in parts[level.key] if isinstance(part, Unreadable)), None)
            readable = [part for part in parts[level.key] if isinstance(part, Level)]
            found[level.key] = wrong or whole(level, readable)
        return found

    def create_level(self, level: Level, movement: Movement, more: Sequence[Write] = ()) -> bool:
        """Write a new level with the movement of its units, and more; False when the level exists already.

        Raises:
            LevelUnreadable: it exists in a form that cannot be read, so reading it again does not help.
        """
        is_new = Condition("attribute_not_exists(product_id)")
        failed = transact(
            self._client,
            [
                put(self._tables.inventory, level_item(level), is_new, about=level),
                record(self._tables, movement),
                *more,
            ],
        )
        if failed and failed[0].about is level and failed[0].item:
            _raise_if_unreadable(failed[0].item)
        return not failed or is_recorded(movement, failed)

    def delete_level(self, read: Level, closing: Sequence[Movement]) -> bool:
        """Delete a level without units and all its shards, with the movements that close their ledgers.

        Returns:
            False when the level is no longer as it was read, or was deleted meanwhile: read it again.
        """
        # Each write of on_hand raises the version, so the ledger's sum is still the one that the movement closes.
        is_empty = Condition(
            "on_hand = :none AND reserved = :none AND available = :none"
            " AND (attribute_not_exists(allocated) OR allocated = :none)",
            {"none": 0},
        )
        writes = [
            delete(
                self._tables.inventory,
                level_key(part.key),
                Condition("version = :version", {"version": part.version}) & is_empty,
                about=part,
            )
            for part in read.parts or (read,)
        ]
        return not transact(self._client, [*writes, *(record(self._tables, movement) for movement in closing)])

    def adjust_level(self, read: Level, delta: int, movement: Movement, made: Write) -> bool:
        """Add units to a level, with the movement and what is kept of the call. Sales meanwhile do not prevent it.

        Returns:
            False when too much of it is reserved, it would have too many units, its threshold or its side of the threshold
            has changed, or this was done before: read it again.
        """
        if read.parts:
            failed = transact(self._client, [*self._adjusted(read, delta, movement), made])
            return not failed or is_recorded(movement, failed)
        same_side, rearmed = thresholds.stays_on_its_side(read, delta)
        has_room = Condition("on_hand <= :room", {"room": UNITS_MAX - delta})
        change = Change(
            set={"updated_at": movement.moved_at, **rearmed.set},
            increase={"on_hand": delta, "available": delta, "version": 1},
            remove=rearmed.remove,
        )
        writes = [
            update(
                self._tables.inventory,
                level_key(read.key),
                change,
                _spares_what_is_reserved(same_side & has_room, delta),
                about=read,
            ),
            record(self._tables, movement),
            made,
        ]
        failed = transact(self._client, writes)
        return not failed or is_recorded(movement, failed)

    def change_level(self, read: Level, changed: Level, movement: Movement, more: Sequence[Write] = ()) -> bool:
        """Write a level that was changed by hand, with its movement, and more.

        Returns:
            False when the level is no longer as it was read, too much of it is reserved, or this was done before: read
            it again.
        """
        own = read.own
        added = shares(read, movement.delta)
        of_others = [(part, share) for part, share in added if part.shard]
        of_own = sum(share for part, share in added if not part.shard)
        condition = _spares_what_is_reserved(_as_read(own), of_own)
        if _is_marked(own, changed):
            condition &= _as_counted(own)
        change = _change_by_hand(own, changed, of_own)
        writes = [
            update(self._tables.inventory, level_key(own.key), change, condition, about=own),
            *([record(self._tables, replace(movement, delta=of_own))] if of_own or not of_others else []),
            *self._added(of_others, movement),
            *more,
        ]
        failed = transact(self._client, writes)
        return not failed or is_recorded(movement, failed)

    def mark_counted(self, read: Level, changed: Level, more: Sequence[Write]) -> bool:
        """Remember the moment of a count that changes nothing, so that an older count does not undo it.

        Returns:
            False when the level is no longer as it was read: read it again.
        """
        change = Change(set={"counted_as_of": changed.counted_as_of})
        condition = _as_read(read.own) & _as_counted(read.own)
        writes = [update(self._tables.inventory, level_key(read.key), change, condition, about=read), *more]
        return not transact(self._client, writes)

    def _adjusted(self, read: Level, delta: int, movement: Movement) -> Iterator[Write]:
        """The writes of an adjustment of a spread level.

        What adds units writes the own row too: it rearms the alert, and its claim relies on that row's version.
        """
        added = shares(read, delta)
        if delta > 0:
            same_threshold, rearmed = thresholds.stays_on_its_side(read, delta)
            has_room = Condition("on_hand <= :room", {"room": UNITS_MAX - delta})
            of_own = dict.fromkeys(("on_hand", "available"), sum(more for part, more in added if not part.shard))
            change = Change(
                set={"updated_at": movement.moved_at, **rearmed.set},
                increase={"version": 1, **of_own},
                remove=rearmed.remove,
            )
            yield update(self._tables.inventory, level_key(read.key), change, same_threshold & has_room, about=read)
            if of_own["on_hand"]:
                yield record(self._tables, movement)
            added = [(part, more) for part, more in added if part.shard]
        yield from self._added(added, movement)

    def _added(self, added: Iterable[tuple[Level, int]], movement: Movement) -> Iterator[Write]:
        """The writes of units that are added to parts of a spread level, or removed from them, each with its movement."""
        for part, more in added:
            has_room = Condition("on_hand <= :room", {"room": UNITS_MAX - more})
            change = Change(
                set={"updated_at": movement.moved_at},
                increase={"on_hand": more, "available": more, "version": 1},
                add=units_taken(part.key, -more),
            )
            condition = _spares_what_is_reserved(has_room, more)
            yield update(self._tables.inventory, level_key(part.key), change, condition, about=part)
            yield record(self._tables, replace(movement, delta=more, shard=part.shard))

    def copy_settings(self, key: LevelKey) -> None:
        """Give all shards of a level the threshold and `active` of its own row, if they may lack the latest ones.

        The own row keeps as pending which version of it they lack, from the write that changed them until all have it. A
        crash in between leaves it pending: the same edit again and the scheduled check complete it. Of two edits at once,
        the shards keep the later one.
        """
        own = next(iter(self.rows([key])), None)
        if own is None or own.settings_pending is None:
            return
        settings = Change(
            set={
                "low_stock_threshold": own.low_stock_threshold,
                "settings_version": own.settings_pending,
                **({} if own.active else {"active": False}),
            },
            remove=("active",) if own.active else (),
        )
        lacks_them = Condition(
            "attribute_exists(product_id)"
            " AND (attribute_not_exists(settings_version) OR settings_version < :settings_version)",
            {"settings_version": own.settings_pending},
        )
        for shard in other_shards(own):
            self._update(shard, settings, lacks_them)
        still_latest = Condition("settings_pending = :settings_version", {"settings_version": own.settings_pending})
        self._update(key, Change(remove=("settings_pending",)), still_latest)

    # --- alerts

    def claim_alert(self, read: Level, claimant: str, now: datetime) -> Level | None:
        """Claim the alert of a level that became low; of all that try, one gets it.

        Returns:
            The level if the alert is the claimant's to send, also if it was so before. If units of it were dispatched since
            it was read, nobody may get it: the scheduled check does.
        """
        not_alerted = Condition("low_stock_alerted = :alerted", {"alerted": False})
        return self._claim(read, claimant, now, thresholds.is_low(read) & not_alerted)

    def take_over_alert(self, level: Level, claimant: str, overdue_since: datetime, now: datetime) -> Level | None:
        """Claim an alert that has been pending for too long: its claimant crashed, or SNS refused every attempt."""
        still_overdue = Condition(
            "low_stock_alert_by = :previous AND low_stock_alert_at <= :overdue_since",
            {"previous": level.low_stock_alert_by, "overdue_since": iso(overdue_since)},
        )
        return self._claim(level, claimant, now, still_overdue)

    def settle_alert(self, key: LevelKey, claimant: str) -> None:
        """Record that the alert was sent, so that nobody sends it again."""
        is_mine = Condition("low_stock_alert_by = :claimant", {"claimant": claimant})
        self._update(key, Change(remove=("low_stock_alert_by", "low_stock_alert_at")), is_mine)

    def rearm(self, read: Level) -> None:
        """Let the next crossing of a level alert, after a tool that knows no alerts has raised its stock."""
        self._update(read.key, REARMED, thresholds.is_above(read))

    def levels_with_pending_alert(self, overdue_since: datetime, part: Part | None = None) -> Iterator[Level]:
        """Levels whose alert is not as it should be, of the whole table or of a part of it.

        Low ones whose alert nobody has claimed, or whose claim has been pending since then; those that rose without being
        rearmed; and those whose shards may lack the latest threshold.
        """
        request = {
            "TableName": self._tables.inventory,
            # A filter has no arithmetic, so levels with allocated units or several shards are filtered here.
            "FilterExpression": "(on_hand <= low_stock_threshold AND low_stock_alerted = :no)"
            " OR (on_hand > low_stock_threshold AND low_stock_alerted = :yes)"
            " OR low_stock_alert_at <= :overdue_since OR allocated > :none OR attribute_exists(shards)",
            "ExpressionAttributeValues": to_attributes(
                {":no": False, ":yes": True, ":overdue_since": iso(overdue_since), ":none": 0}
            ),
            **(part.request if part else {}),
        }
        for item in items_of(self._client.scan, request):
            level = None if is_of_shard(item) or is_heartbeat(item) else parse_or_none(to_level, item)
            if level and level.is_spread:
                level = next(iter(self.levels([level.key])), None)
            if level and _has_pending_alert(level, item, overdue_since):
                yield level

    def levels_with_pending_alert_of(self, keys: Sequence[LevelKey], overdue_since: datetime) -> Iterator[Level]:
        """Those of some levels whose alert is not as it should be, strongly consistent."""
        for start in range(0, len(keys), BATCH_GET_MAX):
            items = {to_level_key(item): item for item in self._rows(keys[start : start + BATCH_GET_MAX])}
            for key, level in self.levels_in(list(items.values())).items():
                if _has_pending_alert(level, items[key], overdue_since):
                    yield level

    def _levels_of(self, product_id: str) -> dict[str, Any]:
        return {
            "TableName": self._tables.inventory,
            "KeyConditionExpression": "product_id = :product_id",
            "ExpressionAttributeValues": {":product_id": {"S": product_id}},
            "ConsistentRead": True,
        }

    def _claim(self, read: Level, claimant: str, now: datetime, condition: Condition) -> Level | None:
        claimed = {"low_stock_alerted": True, "low_stock_alert_by": claimant, "low_stock_alert_at": iso(now)}
        item = self._update(read.key, Change(set=claimed), condition)
        level = parse_or_none(to_level, item) if item else None
        if level is None or level.low_stock_alert_by != claimant:
            return None
        # The figures of a level that is spread are not those of its own row.
        return replace(read, low_stock_alerted=True, low_stock_alert_by=claimant) if read.is_spread else level

    def _update(self, key: LevelKey, change: Change, condition: Condition) -> Item | None:
        return conditional_update(self._client, self._tables.inventory, level_key(key), change, condition)


def _spares_what_is_reserved(condition: Condition, delta: int) -> Condition:
    """The condition, and that removed units are available. Adding some is possible whatever the counters say."""
    return condition & Condition("available >= :removed", {"removed": -delta}) if delta < 0 else condition


def _has_pending_alert(level: Level, item: Item, overdue_since: datetime) -> bool:
    return (
        level.is_low != level.low_stock_alerted
        or _is_overdue(item, overdue_since)
        or level.settings_pending is not None
    )


def _is_overdue(item: Item, overdue_since: datetime) -> bool:
    claimed_at = item.get("low_stock_alert_at")
    return isinstance(claimed_at, str) and claimed_at <= iso(overdue_since)


def _raise_if_unreadable(item: Item) -> None:
    found = parse_or_report(to_level, item)
    if isinstance(found, Unreadable):
        raise _unreadable(to_level_key(item), found)


def _unreadable(key: LevelKey, found: Unreadable) -> LevelUnreadable:
    return LevelUnreadable(
        f"the stock level of {key.product_id} in {key.warehouse_id} was written in another form: {found.wrong}"
    )


def _holdable(found: Mapping[LevelKey, Level | Unreadable]) -> Holdable:
    levels = {key: level for key, level in found.items() if isinstance(level, Level)}
    return Holdable(
        dict.fromkeys(found, 0) | {key: units.holdable_of(level) for key, level in levels.items()},
        {key: level for key, level in levels.items() if level.is_spread},
    )


def _readable(items: Iterable[Item]) -> list[Level]:
    return [level for item in items if (level := parse_or_none(to_level, item))]


def _as_read(read: Level) -> Condition:
    """Optimistic locking: what was decided from must still be so; by value too, for tools that keep no version."""
    return Condition(
        "version = :version AND on_hand = :on_hand AND low_stock_threshold = :threshold"
        " AND #name = :name AND category = :category",
        {
            "version": read.version,
            "on_hand": read.on_hand,
            "threshold": read.low_stock_threshold,
            "name": read.name,
            "category": read.category,
        },
    )


def _as_counted(read: Level) -> Condition:
    """A count that only confirms the books raises no version, so this puts two counts at once in order."""
    if read.counted_as_of is None:
        return Condition("attribute_not_exists(counted_as_of)")
    return Condition("counted_as_of = :counted_as_of", {"counted_as_of": read.counted_as_of})


def _is_marked(read: Level, changed: Level) -> bool:
    """Whether the level gets a new moment of its count."""
    return changed.counted_as_of != read.counted_as_of


def _change_by_hand(read: Level, changed: Level, more: int) -> Change:
    """The change of a level's own row.

    Args:
        more: the units that are added to this row, or removed from it.
    """
    content: Item = {
        "name": changed.name,
        "category": changed.category,
        "low_stock_threshold": changed.low_stock_threshold,
        "updated_at": changed.updated_at,
    }
    if changed.described_at != read.described_at:
        content["described_at"] = changed.described_at
    if _is_marked(read, changed):
        content["counted_as_of"] = changed.counted_as_of
    if changed.edit_id:
        content["edit_id"] = changed.edit_id
    if not changed.active:
        content["active"] = False
    if read.is_spread and (changed.low_stock_threshold, changed.active) != (read.low_stock_threshold, read.active):
        content["settings_pending"] = read.version + 1
    moved = {"on_hand": more, "available": more, "version": 1}
    remove = ("active",) if changed.active else ()  # a row without it is active
    if not changed.is_low:
        return Change(set={**content, **REARMED.set}, increase=moved, remove=(*remove, *REARMED.remove))
    return Change(set=content, increase=moved, remove=remove)
