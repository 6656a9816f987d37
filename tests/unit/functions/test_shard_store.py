"""Each step of a change of shards is written only if the rows are as they were read, and then it is all that is written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.identifiers import joined
from inventory.items import SHARD_CHANGES, level_key, partition_of, to_level_key
from inventory.model import Level, MovementKind, iso
from inventory.stock.shards.store import ShardStore, movement_between_shards
from tests.support.shop.drift import deletes_row, tampers
from tests.support.shop.spread_shop import KEY, Row, SpreadShop, is_refused

NOW = datetime(2027, 1, 2, 3, tzinfo=UTC)


class World(SpreadShop):
    """A shop with a spread level, and the store of its shards."""

    def __init__(self, *on_hand: int) -> None:
        super().__init__(*on_hand)
        self.store = ShardStore(self.client, self.tables)

    def parts(self) -> list[Level]:
        """The rows of the level and of its shards as they are now."""
        return sorted(self.stock_store.rows([KEY.of_shard(shard) for shard in range(8)]), key=lambda row: row.shard)

    def moved(self) -> list[tuple[int, int, str]]:
        """What moved at the time of the test: shard, units and kind."""
        rows = [row for row in self.rows(self.tables.movements) if row["moved_at"] == iso(NOW)]
        return sorted((to_level_key(row).shard, int(row["delta"]), str(row["kind"])) for row in rows)


def changed(row: Row, *, version: int = 1, **attributes: Any) -> Row:
    """A row after a write at the time of the test; without an attribute that is None."""
    after = row | {"version": row["version"] + version, "updated_at": iso(NOW)} | attributes
    return {name: value for name, value in after.items() if value is not None}


def begun(wanted: int, *on_hand: int) -> World:
    """A shop in which a change of the number of shards is under way, since an hour."""
    shop = World(*on_hand)
    assert shop.store.begin(shop.parts()[0], wanted, NOW - timedelta(hours=1))
    return shop


# --- a change begins and ends


@pytest.mark.parametrize(("on_hand", "wanted", "shards_max"), [((9,), 4, 4), ((3, 3, 3), 2, 3), ((3, 3, 3), 5, 5)])
def test_a_change_is_named_on_the_own_row_and_listed(on_hand: tuple[int, ...], wanted: int, shards_max: int) -> None:
    shop = World(*on_hand)
    before = shop.row()

    assert shop.store.begin(shop.parts()[0], wanted, NOW)

    assert shop.row() == changed(before, shards_wanted=wanted, shards_max=shards_max)
    assert shop.all_rows()[SHARD_CHANGES] == {
        "product_id": SHARD_CHANGES,
        "warehouse_id": joined("main", "P-1"),
        "level": {"product_id": "P-1", "warehouse_id": "main"},
        "updated_at": iso(NOW),
    }
    assert list(shop.store.changes()) == [KEY]


def test_a_change_begins_also_if_an_older_one_is_still_listed() -> None:
    shop = begun(2, 9)
    shop.sets(shards_wanted=9)
    shop.client.update_item(
        TableName=shop.tables.inventory, Key=to_attributes(level_key(KEY)), UpdateExpression="REMOVE shards_wanted"
    )

    assert shop.store.begin(shop.parts()[0], 4, NOW)
    assert list(shop.store.changes()) == [KEY]


@pytest.mark.parametrize(
    ("on_hand", "meanwhile"),
    [
        ((9,), {"shards_wanted": 3}),
        ((9,), {"shards": 2}),
        ((3, 3), {"shards_wanted": 3}),
        ((3, 3), {"shards": 3}),
    ],
    ids=str,
)
def test_no_change_begins_if_another_one_did_since_the_level_was_read(on_hand: tuple[int, ...], meanwhile: Row) -> None:
    shop = World(*on_hand)
    [read, *_] = shop.parts()
    shop.sets(**meanwhile)

    assert is_refused(shop, lambda: shop.store.begin(read, 4, NOW))


def test_no_change_begins_of_a_level_that_was_deleted_meanwhile() -> None:
    shop = World(9)
    [read] = shop.parts()
    deletes_row(shop)

    assert not shop.store.begin(read, 4, NOW)
    assert shop.all_rows() == {}


def test_the_list_of_changes_is_read_consistently_and_leaves_out_what_it_cannot_read() -> None:
    shop = begun(4, 9)
    requests = []
    shop.meanwhile = lambda operation, request: requests.append(request)
    bad = {"product_id": SHARD_CHANGES, "warehouse_id": "x", "level": "P-1"}
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(bad))

    assert list(shop.store.changes()) == [KEY]
    assert requests[-1]["ConsistentRead"] is True


def test_a_change_that_ended_is_neither_named_nor_listed() -> None:
    shop = begun(2, 3, 3)
    before = shop.row()

    shop.store.finish(shop.parts()[0], NOW)

    assert shop.row() == changed(before, shards_wanted=None)
    assert list(shop.store.changes()) == []


@pytest.mark.parametrize("meanwhile", [{"shards_wanted": 3}, {"shards": 3}], ids=str)
def test_a_late_end_of_a_change_does_not_end_the_next_one(meanwhile: Row) -> None:
    shop = begun(2, 3, 3)
    [read, *_] = shop.parts()
    shop.sets(**meanwhile)

    assert is_refused(shop, lambda: shop.store.finish(read, NOW))


def test_a_level_is_listed_until_its_change_is_over() -> None:
    shop = begun(2, 3, 3)

    assert is_refused(shop, lambda: shop.store.unlist(KEY))

    shop.client.update_item(
        TableName=shop.tables.inventory, Key=to_attributes(level_key(KEY)), UpdateExpression="REMOVE shards_wanted"
    )
    for _ in range(2):
        assert shop.store.unlist(KEY)
        assert list(shop.store.changes()) == []


# --- new shards


def test_a_new_shard_has_no_units_and_the_settings_of_its_level() -> None:
    shop = begun(4, 9)
    shop.sets(active=False, units_taken=7)

    shop.store.create_empty(shop.parts()[0], 2, NOW)

    assert shop.row(2) == {
        **level_key(KEY.of_shard(2)),
        **dict.fromkeys(("on_hand", "reserved", "available", "version"), 0),
        "low_stock_threshold": 3,
        "units_taken": 7,
        "active": False,
        "updated_at": iso(NOW),
    }


def test_a_shard_that_has_units_already_is_not_written_again() -> None:
    shop = World(3, 3)

    assert is_refused(shop, lambda: shop.store.create_empty(shop.parts()[0], 1, NOW))


def test_new_shards_are_counted_on_the_own_row() -> None:
    shop = begun(4, 9)
    before = shop.row()

    shop.store.count_new(shop.parts()[0], NOW)

    assert shop.row() == changed(before, shards=4)


@pytest.mark.parametrize("meanwhile", [{"shards_wanted": 3}, {"shards": 2}], ids=str)
def test_a_late_writer_counts_no_shards(meanwhile: Row) -> None:
    shop = begun(4, 9)
    [read] = shop.parts()
    shop.sets(**meanwhile)

    assert is_refused(shop, lambda: shop.store.count_new(read, NOW))


@pytest.mark.parametrize("active", [True, False])
def test_a_shard_gets_the_settings_of_the_own_row(active: bool) -> None:
    shop = World(3, 3)
    shop.sets(1, **({"active": False} if active else {}))
    own, part = shop.parts()
    before = {name: value for name, value in shop.row(1).items() if name != "active"}

    shop.store.copy_settings(replace(own, low_stock_threshold=7, active=active), part)

    assert shop.row(1) == before | {"low_stock_threshold": 7} | ({} if active else {"active": False})


def test_a_shard_that_got_settings_by_an_edit_keeps_them() -> None:
    shop = World(3, 3)
    shop.sets(1, settings_version=5)
    own, part = shop.parts()

    assert is_refused(shop, lambda: shop.store.copy_settings(replace(own, low_stock_threshold=7), part))


def test_a_shard_that_was_removed_is_not_created_by_its_settings() -> None:
    shop = World(3, 3)
    own, part = shop.parts()
    deletes_row(shop, partition_of(part.key))

    assert is_refused(shop, lambda: shop.store.copy_settings(own, part))


# --- moved units


def moves(shop: World, parts: list[Level], source: int, target: int, units: int) -> bool:
    movement = movement_between_shards(KEY.of_shard(target), units, "ada", NOW)
    return shop.store.move(parts[0], parts[source], parts[target], movement)


@pytest.mark.parametrize(("source", "target"), [(0, 1), (2, 0), (1, 2)])
def test_a_move_writes_both_shards_and_the_own_row_with_a_movement_in_both_ledgers(source: int, target: int) -> None:
    shop = World(4, 4, 4)
    before = [shop.row(shard) for shard in range(3)]

    assert moves(shop, shop.parts(), source, target, 4)

    expected = [changed(before[0]), *before[1:]]
    expected[source] = changed(before[source], on_hand=0, available=0, units_taken=4 if source else None)
    expected[target] = changed(before[target], on_hand=8, available=8)
    assert [shop.row(shard) for shard in range(3)] == expected
    assert shop.moved() == sorted([(source, -4, "MOVED"), (target, 4, "MOVED")])
    shop.adds_up()


def test_no_units_move_that_are_held_meanwhile() -> None:
    shop = World(4, 4)
    parts = shop.parts()
    tampers(shop, reserved=1, available=-1)

    assert is_refused(shop, lambda: moves(shop, parts, 0, 1, 4))
    assert moves(shop, parts, 0, 1, 3)


@pytest.mark.parametrize("shards", [1, 2])
def test_no_units_move_to_a_shard_that_is_no_longer_counted(shards: int) -> None:
    shop = World(4, 4, 4)
    parts = shop.parts()
    shop.sets(shards=shards)

    assert is_refused(shop, lambda: moves(shop, parts, 0, 2, 1))
    assert moves(shop, parts, 2, 0, 1)


@pytest.mark.parametrize("deleted", [0, 2])
def test_no_row_is_created_by_a_move(deleted: int) -> None:
    shop = World(4, 4, 4)
    parts = shop.parts()
    deletes_row(shop, partition_of(KEY.of_shard(deleted)))

    assert not moves(shop, parts, 1, 2, 1)
    assert not moves(shop, parts, 1, 0, 1) or deleted
    assert partition_of(KEY.of_shard(deleted)) not in shop.all_rows()


# --- the last shard is removed


def removes(shop: World, own: Level, last: Level | None) -> bool:
    movement = movement_between_shards(KEY, last.on_hand if last else 0, "ada", NOW)
    return shop.store.remove_last(own, last, movement)


@pytest.mark.parametrize("taken", [0, 3])
def test_the_units_and_versions_of_a_removed_shard_are_added_to_the_own_row(taken: int) -> None:
    shop = begun(1, 4, 4, 4)
    shop.sets(2, version=6, allocated=0, units_taken=taken)
    own, _, last = shop.parts()
    before = shop.row()

    assert removes(shop, own, last)

    assert shop.row() == changed(before, version=7, on_hand=8, available=8, shards=2, units_taken=taken + 5)
    assert [part.shard for part in shop.parts()] == [0, 1]
    assert shop.moved() == [(0, 4, "MOVED"), (2, -4, "MOVED")]
    shop.adds_up()


def test_a_level_whose_other_shards_are_all_removed_is_not_spread_any_more() -> None:
    shop = begun(1, 4, 0)
    own, last = shop.parts()
    before = shop.row()

    assert removes(shop, own, last)

    assert shop.row() == changed(before, shards=None, units_taken=1)
    assert shop.moved() == []
    assert shop.row()["shards_max"] == 2


def test_a_shard_whose_row_another_tool_deleted_is_removed_from_the_count() -> None:
    shop = begun(1, 4, 4, 4)
    deletes_row(shop, partition_of(KEY.of_shard(2)))
    before = shop.row()

    assert removes(shop, shop.parts()[0], None)

    assert shop.row() == changed(before, shards=2, units_taken=1)
    assert shop.moved() == []


@pytest.mark.parametrize(
    ("shard", "meanwhile"),
    [
        (0, {"shards_wanted": 3}),
        (0, {"shards": 2}),
        (2, {"version": 9}),
        (2, {"on_hand": 9}),
        (2, {"available": 9}),
        (2, {"reserved": 1}),
        (2, {"allocated": 1}),
        (2, {"units_taken": 4}),  # of a hold that has ended
    ],
    ids=str,
)
def test_a_shard_that_is_no_longer_as_it_was_read_is_not_removed(shard: int, meanwhile: Row) -> None:
    shop = begun(1, 4, 4, 4)
    own, _, last = shop.parts()
    shop.sets(shard, **meanwhile)

    assert is_refused(shop, lambda: removes(shop, own, last))


def test_a_shard_from_which_units_were_taken_since_it_was_read_is_not_removed() -> None:
    shop = begun(1, 4, 4)
    shop.sets(1, units_taken=4)
    own, last = shop.parts()
    shop.sets(1, units_taken=5)

    assert is_refused(shop, lambda: removes(shop, own, last))


def test_a_movement_between_shards_says_who_moved_what_and_when() -> None:
    first, second = (movement_between_shards(KEY.of_shard(3), 5, "ada", NOW) for _ in range(2))

    assert (first.key, first.delta, first.kind, first.actor) == (KEY.of_shard(3), 5, MovementKind.MOVED, "ada")
    assert first.moved_at == iso(NOW)
    assert first.movement_id.startswith(first.moved_at)
    assert first.movement_id != second.movement_id
