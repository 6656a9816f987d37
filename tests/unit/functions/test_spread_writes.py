"""What a change of a spread level writes: the rows of the shards that it needs, and nothing if one of them does not fit."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.aws.dynamodb import put
from inventory.errors import TransientError
from inventory.items import is_of_shard, partition_of, to_level_key
from inventory.model import UNITS_MAX, Level, LevelKey, Movement, MovementKind, iso
from inventory.stock.changes import ChangeContext, StockChanges, as_written
from inventory.stock.counts import NOTHING, ChangeOutcome, Count, Plan, plan_count
from tests.support.shop import BY_HAND
from tests.support.shop.drift import deletes_row
from tests.support.shop.spread import figures
from tests.support.shop.spread_shop import KEY, Row, SpreadShop, is_refused

NOW = datetime(2027, 1, 2, 3, tzinfo=UTC)


class World(SpreadShop):
    """A shop with a spread level, and what moved of it at the time of the test."""

    def part_rows(self) -> list[Row]:
        """The rows of the level, its own first."""
        return sorted(self.rows(self.tables.inventory), key=lambda row: to_level_key(row).shard)

    def moved(self) -> list[tuple[int, int]]:
        """What the ledgers have of the time of the test: shard and units."""
        rows = [row for row in self.rows(self.tables.movements) if row["moved_at"] == iso(NOW)]
        return sorted((to_level_key(row).shard, int(row["delta"])) for row in rows)


def of(shard: int) -> LevelKey:
    return KEY.of_shard(shard)


def movement(delta: int) -> Movement:
    return Movement("P-1", "main", f"{iso(NOW)}-1", iso(NOW), MovementKind.ADJUSTED, delta, "ada", "test")


def adjusts(shop: World, read: Level, delta: int) -> bool:
    made = put(shop.tables.idempotency, {"request_key": "K-1"}, None)
    return shop.stock_store.adjust_level(read, delta, movement(delta), made)


def edits(shop: World, read: Level, *, on_hand: int | None = None, **content: Any) -> bool:
    units = read.on_hand if on_hand is None else on_hand
    counted = Count("P-1", "main", read.name, read.category, units, read.low_stock_threshold)
    plan = as_written(read, plan_count(read, replace(counted, **content), NOTHING, NOW), by_hand=True)
    return shop.stock_store.change_level(read, plan.level, movement(plan.delta))


def changed(row: Row, more: int = 0, **attributes: Any) -> Row:
    """A row after a write at the time of the test; without an attribute that is None."""
    units = {name: row[name] + more for name in ("on_hand", "available")}
    taken = {"units_taken": -more} if more < 0 and is_of_shard(row) else {}
    after = row | units | taken | {"version": row["version"] + 1, "updated_at": iso(NOW)} | attributes
    return {name: value for name, value in after.items() if value is not None}


# --- adjustments


@pytest.mark.parametrize(
    ("on_hand", "delta", "moved"),
    [
        ((4, 1, 6), 5, {1: 5}),
        ((0, 4, 6), 5, {0: 5}),
        ((4, 0, 6), 1, {1: 1}),
        ((4, 0, 6), -5, {2: -5}),
        ((4, 1, 6), -11, {0: -4, 1: -1, 2: -6}),
    ],
)
def test_an_adjustment_writes_the_shards_that_it_needs_and_the_own_row_if_it_adds(
    on_hand: tuple[int, ...], delta: int, moved: dict[int, int]
) -> None:
    shop = World(*on_hand)
    before = shop.part_rows()

    assert adjusts(shop, shop.level(), delta)

    written = {*moved, *({0} if delta > 0 else ())}
    expected = [changed(row, moved.get(shard, 0)) if shard in written else row for shard, row in enumerate(before)]
    assert shop.part_rows() == expected
    assert shop.moved() == sorted(moved.items())
    shop.adds_up()


@pytest.mark.parametrize(("on_hand", "is_armed"), [((0, 1, 0), True), ((0, 0, 0), False)])
def test_an_adjustment_that_raises_the_sum_above_the_threshold_rearms_the_alert(
    on_hand: tuple[int, ...], is_armed: bool
) -> None:
    shop = World(*on_hand)
    shop.sets(low_stock_alerted=True, low_stock_alert_by="them", low_stock_alert_at=iso(NOW))

    assert adjusts(shop, shop.level(), 3)

    row = shop.row()
    assert (not row["low_stock_alerted"], "low_stock_alert_by" not in row) == (is_armed, is_armed)


@pytest.mark.parametrize("shard", [0, 1])
def test_no_row_of_a_level_gets_more_units_than_a_level_may_have(shard: int) -> None:
    shop = World(4, 0, 6)
    read = shop.level()

    shop.sets(shard, on_hand=UNITS_MAX - 4)
    assert is_refused(shop, lambda: adjusts(shop, read, 5))

    shop.sets(shard, on_hand=UNITS_MAX - 5)
    assert adjusts(shop, read, 5)


def test_units_are_added_only_if_the_threshold_is_as_it_was_read() -> None:
    shop = World(4, 0, 6)
    read = shop.level()
    shop.sets(low_stock_threshold=9)

    assert is_refused(shop, lambda: adjusts(shop, read, 5))
    assert adjusts(shop, read, -5)


def test_units_are_not_removed_from_a_shard_that_has_too_few_by_now() -> None:
    shop = World(4, 0, 6)
    read = shop.level()
    shop.sets(2, available=4)

    assert is_refused(shop, lambda: adjusts(shop, read, -5))
    assert adjusts(shop, read, -4)


def test_an_adjustment_that_was_made_before_is_known_by_its_movement() -> None:
    shop = World(4, 0, 6)
    read = shop.level()

    assert adjusts(shop, read, -5)
    assert adjusts(shop, read, -5)
    assert shop.level().on_hand == 5


# --- edits


@pytest.mark.parametrize(
    ("on_hand", "units", "moved"),
    [
        ((4, 1, 6), 16, {1: 5}),
        ((0, 4, 6), 15, {0: 5}),
        ((4, 1, 6), 6, {2: -5}),
        ((4, 1, 6), 1, {0: -4, 2: -6}),
        ((4, 1, 6), 11, {0: 0}),
    ],
)
def test_an_edit_writes_the_own_row_and_the_shards_whose_units_change(
    on_hand: tuple[int, ...], units: int, moved: dict[int, int]
) -> None:
    shop = World(*on_hand)
    before = shop.part_rows()

    assert edits(shop, shop.level(), on_hand=units, name="Cup")

    written = {*moved, 0}
    expected = [changed(row, moved.get(shard, 0)) if shard in written else row for shard, row in enumerate(before)]
    described = {"name": "Cup", "described_at": iso(NOW)} | ({"counted_as_of": iso(NOW)} if units != 11 else {})
    expected[0] |= described | ({} if units > 3 else {"low_stock_alerted": False})
    assert shop.part_rows() == expected
    assert shop.moved() == sorted(moved.items())
    shop.adds_up()


@pytest.mark.parametrize("changes", [{"low_stock_threshold": 7}, {"active": False}], ids=str)
def test_an_edit_of_the_settings_leaves_in_the_own_row_which_version_the_shards_lack(changes: Row) -> None:
    shop = World(4, 1, 6)
    version = shop.row()["version"]

    assert edits(shop, shop.level(), **changes)

    assert shop.row()["settings_pending"] == version + 1


@pytest.mark.parametrize("changes", [{"low_stock_threshold": 3}, {"active": True}, {"name": "Cup"}], ids=str)
def test_an_edit_that_leaves_the_settings_leaves_the_shards(changes: Row) -> None:
    shop = World(4, 1, 6)

    assert edits(shop, shop.level(), **changes)
    assert "settings_pending" not in shop.row()


@pytest.mark.parametrize("shard", [0, 2])
def test_an_edit_removes_no_units_that_are_held_by_now(shard: int) -> None:
    shop = World(4, 0, 6)
    read = shop.level()
    shop.sets(shard, available=3)

    assert is_refused(shop, lambda: edits(shop, read, on_hand=0))


# --- settings


@pytest.mark.parametrize("active", [True, False])
def test_shards_get_the_settings_that_they_lack(active: bool) -> None:
    shop = World(4, 1, 6)
    for shard in (1, 2):
        shop.sets(shard, **({"active": False} if active else {}))
    shop.sets(low_stock_threshold=7, settings_pending=5, **({} if active else {"active": False}))
    before = shop.part_rows()

    shop.stock_store.copy_settings(KEY)

    settings = {"low_stock_threshold": 7, "settings_version": 5, "active": None if active else False}
    expected = [before[0] | {"settings_pending": None}, *(row | settings for row in before[1:])]
    assert shop.part_rows() == [{name: value for name, value in row.items() if value is not None} for row in expected]


def test_nothing_is_written_if_no_shard_lacks_settings() -> None:
    shop = World(4, 1, 6)

    assert shop.count(lambda: shop.stock_store.copy_settings(KEY)) == ["BatchGetItem"]
    assert shop.count(lambda: shop.stock_store.copy_settings(LevelKey("P-2", "main"))) == ["BatchGetItem"]


def test_a_shard_keeps_the_settings_of_a_later_edit_and_gets_those_of_a_later_one_than_its_own() -> None:
    shop = World(4, 1, 6)
    shop.sets(1, settings_version=6)
    shop.sets(2, settings_version=4)
    shop.sets(low_stock_threshold=7, settings_pending=5)

    shop.stock_store.copy_settings(KEY)

    assert [row["low_stock_threshold"] for row in shop.part_rows()] == [7, 3, 7]


def test_a_shard_that_another_tool_deleted_is_not_created_by_an_edit() -> None:
    shop = World(4, 1, 6)
    deletes_row(shop, partition_of(of(1)))
    shop.sets(settings_pending=5)

    shop.stock_store.copy_settings(KEY)

    assert len(shop.part_rows()) == 2


def test_what_a_later_edit_left_pending_stays_pending() -> None:
    shop = World(4, 1, 6)
    shop.sets(settings_pending=5)

    def edit(operation: str, request: Row) -> None:
        if operation == "UpdateItem":
            shop.meanwhile = None
            shop.sets(settings_pending=6)

    shop.meanwhile = edit
    shop.stock_store.copy_settings(KEY)

    assert shop.row()["settings_pending"] == 6


# --- deletion


@pytest.mark.parametrize(
    "meanwhile",
    [{"version": 9}, {"on_hand": 1}, {"reserved": 1}, {"available": 1}, {"allocated": 1}],
    ids=str,
)
@pytest.mark.parametrize("shard", [0, 1])
def test_no_row_is_deleted_if_one_is_not_empty_or_not_as_it_was_read(shard: int, meanwhile: Row) -> None:
    shop = World(0, 0)
    read = shop.level()
    shop.sets(shard, **meanwhile)

    assert is_refused(shop, lambda: shop.stock_store.delete_level(read, []))


def test_only_ledgers_that_do_not_add_up_to_nothing_are_closed_and_that_of_the_own_row() -> None:
    shop = World(4, 0, 6)
    for shard in range(3):
        shop.sets(shard, on_hand=0, available=0)  # by another tool, without movements
    shop.now = lambda: NOW

    shop.deletes()

    assert shop.moved() == [(0, -4), (2, -6)]
    assert shop.part_rows() == []


# --- evening out


class Uneven:
    """Shards that cannot be evened out now."""

    def __init__(self) -> None:
        self.calls: list[LevelKey] = []

    def even_out(self, key: LevelKey, actor: str, now: datetime) -> None:
        self.calls.append(key)
        raise TransientError("others write them")


@pytest.mark.parametrize(
    ("on_hand", "units", "evened"),
    [((4, 0, 6), 11, 1), ((4, 0, 6), 9, 0), ((4, 0, 6), 10, 0), ((10,), 11, 0)],
)
def test_only_what_adds_units_to_a_spread_level_evens_it_out_and_its_failure_changes_nothing(
    on_hand: tuple[int, ...], units: int, evened: int
) -> None:
    shop = World(*on_hand)
    uneven: Any = Uneven()
    changes = replace(shop.stock_changes, shards=uneven)

    changes.count(Count("P-1", "main", "Cup", "kitchen", units, 3), BY_HAND, NOW)

    assert shop.level().on_hand == units
    assert uneven.calls == [KEY] * evened


def test_without_a_use_case_of_shards_added_units_stay_where_they_are() -> None:
    shop = World(4, 0, 6)
    changes: StockChanges = replace(shop.stock_changes, shards=None)

    changes.count(Count("P-1", "main", "Mug", "kitchen", 15, 3), ChangeContext("ada", "import"), NOW)

    assert figures(shop.level()) == [(4, 4), (5, 5), (6, 6)]


# --- versions


@pytest.mark.parametrize(("units", "by_hand", "raised"), [(16, True, 2), (10, True, 2), (11, True, 0), (10, False, 1)])
def test_a_plan_of_a_spread_level_has_the_version_after_its_writes(units: int, by_hand: bool, raised: int) -> None:
    read = World(4, 1, 6).level()
    outcome = ChangeOutcome.UNCHANGED if units == read.on_hand else ChangeOutcome.CHANGED
    plan = Plan(replace(read, version=99), outcome, delta=units - read.on_hand)

    written = as_written(read, plan, by_hand=by_hand)

    assert written.level.version == (read.version + raised if raised else 99)
