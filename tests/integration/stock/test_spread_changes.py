"""Stock of a level that is spread over shards is changed by hand and by machines as one level."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import BelowReserved, LevelNotFound, NotEmpty, ShardsChanging, TransientError, VersionConflict
from inventory.feed.run import Result
from inventory.items import level_item, level_key, partition_of
from inventory.model import Level, LevelKey, iso
from inventory.stock.changes import ChangeContext
from inventory.stock.counts import ChangeOutcome, Count
from tests.support.aws_calls import recorded
from tests.support.fault_injection import hooked, just_before, lost_responses
from tests.support.shop import BY_HAND, Shop, clock
from tests.support.shop.drift import deletes_row
from tests.support.shop.spread import figures, has_shards, moves, sells_from

KEY = LevelKey("P-1", "main")
FILE = ChangeContext("ada", "import")


@pytest.fixture
def spread(shop: Shop) -> Shop:
    """A shop with a level of ten units that is spread over three shards, ten minutes ago."""
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    shop.now = lambda: noon - timedelta(minutes=10)
    shop.stocks("P-1", on_hand=10, low_stock_threshold=2)
    has_shards(shop, 4, 0, 6)
    shop.now = clock(noon)
    return shop


def edited(level: Level, **changes: Any) -> Count:
    """The content of an edit that changes some fields of a level."""
    content = {name: getattr(level, name) for name in ("name", "category", "on_hand", "low_stock_threshold", "active")}
    return Count("P-1", "main", **(content | changes))


def puts(shop: Shop, read: Level, **changes: Any) -> Level:
    """A manager edits the level as it was read."""
    return shop.stock_changes.put(edited(read, **changes), BY_HAND, read.version, shop.now())[0]


def counts(shop: Shop, on_hand: int, as_of: datetime) -> ChangeOutcome:
    """A file has a count of an earlier moment."""
    return shop.stock_changes.count(replace(edited(shop.level(), on_hand=on_hand), as_of=iso(as_of)), FILE, shop.now())


def settings(shop: Shop) -> list[tuple[int, bool]]:
    """The threshold and `active` of each row."""
    rows = shop.stock_store.rows([KEY.of_shard(shard) for shard in range(3)])
    return [(row.low_stock_threshold, row.active) for row in sorted(rows, key=lambda row: row.shard)]


# --- adjustments


def test_added_units_go_to_the_emptiest_shard_and_then_to_all(spread: Shop) -> None:
    level = spread.adjusts(+5)

    rows = spread.rows(spread.tables.movements)
    [added] = [row for row in rows if row["kind"] == "ADJUSTED"]
    assert (added["product_id"], added["delta"]) == (partition_of(KEY.of_shard(1)), 5)
    assert figures(spread.level()) == [(5, 5), (5, 5), (5, 5)]
    assert level == spread.level()
    spread.adds_up()


def test_removed_units_come_from_the_fullest_shard(spread: Shop) -> None:
    spread.adjusts(-5)

    assert figures(spread.level()) == [(4, 4), (0, 0), (1, 1)]
    spread.adds_up()


def test_removed_units_come_from_several_shards_only_if_one_has_too_few(spread: Shop) -> None:
    spread.adjusts(-9)

    assert figures(spread.level()) == [(1, 1), (0, 0), (0, 0)]
    spread.adds_up()


def test_more_than_all_shards_have_is_refused_and_so_is_the_same_call_later(spread: Shop) -> None:
    for _ in range(2):
        with pytest.raises(BelowReserved):
            spread.adjusts(-11, request_id="K-1")
        spread.adjusts(+5)

    assert spread.level().on_hand == 20
    spread.adds_up()


def test_no_adjustment_is_refused_because_units_move_between_its_readings(spread: Shop) -> None:
    """The reading finds shard 0 before, and shard 2 after six units moved from it to shard 0."""
    with just_before(spread.client, "BatchGetItem", lambda: moves(spread, 6, source=2, target=0), call=2):
        level = spread.adjusts(-8)

    assert level.on_hand == 2
    spread.adds_up()


def test_a_sale_meanwhile_does_not_prevent_an_adjustment(spread: Shop) -> None:
    with just_before(spread.client, "TransactWriteItems", lambda: sells_from(spread, 2, 3)):
        level = spread.adjusts(-2)

    assert level.on_hand == 5
    spread.adds_up()


def test_a_sale_that_leaves_too_little_in_the_shard_sends_the_adjustment_to_others(spread: Shop) -> None:
    with just_before(spread.client, "TransactWriteItems", lambda: sells_from(spread, 2, 6)):
        spread.adjusts(-3)

    assert figures(spread.level()) == [(1, 1), (0, 0), (0, 0)]
    spread.adds_up()


def test_an_adjustment_whose_answer_is_lost_is_made_once(spread: Shop) -> None:
    with lost_responses(spread.client, "TransactWriteItems"):
        first = spread.adjusts(-9, request_id="K-1")
    again = spread.adjusts(-9, request_id="K-1")

    assert (first.on_hand, again.to_admin_json()) == (1, first.to_admin_json())
    spread.adds_up()


def test_units_that_are_added_go_to_no_shard_that_is_about_to_be_removed(spread: Shop) -> None:
    wants(spread, 1)

    spread.adjusts(+5)

    assert figures(spread.level()) == [(15, 15), (0, 0), (0, 0)]
    spread.adds_up()


def wants(shop: Shop, shards: int) -> None:
    """A change of the number of shards is under way."""
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={name: {"S": value} for name, value in level_key(KEY).items()},
        UpdateExpression="SET shards_wanted = :wanted",
        ExpressionAttributeValues={":wanted": {"N": str(shards)}},
    )


# --- edits and counts


def test_an_edit_changes_the_level_as_it_was_read(spread: Shop) -> None:
    read = spread.level()

    level = puts(spread, read, name="Cup", on_hand=12)

    assert (level.name, level.on_hand, figures(level)) == ("Cup", 12, [(4, 4), (4, 4), (4, 4)])
    assert level.version > read.version
    with pytest.raises(VersionConflict):
        puts(spread, read, name="Bowl")
    spread.adds_up()


def test_the_same_edit_again_changes_nothing(spread: Shop) -> None:
    read = spread.level()
    with lost_responses(spread.client, "TransactWriteItems"):
        first = puts(spread, read, on_hand=3)

    assert puts(spread, read, on_hand=3) == first
    spread.adds_up()


def test_an_edit_conflicts_with_a_sale_of_any_shard(spread: Shop) -> None:
    read = spread.level()
    sells_from(spread, 2, 1)

    with pytest.raises(VersionConflict) as conflict:
        puts(spread, read, on_hand=12)

    assert conflict.value.current == spread.level()
    spread.adds_up()


def test_a_sale_after_the_edit_read_the_level_stays_sold(spread: Shop) -> None:
    with just_before(spread.client, "TransactWriteItems", lambda: sells_from(spread, 2, 1)):
        level = puts(spread, spread.level(), on_hand=12)

    assert level.on_hand == 11
    spread.adds_up()


def test_of_two_edits_at_once_one_learns_of_the_other(spread: Shop) -> None:
    read = spread.level()
    conflicts = []

    def meanwhile() -> None:
        puts(spread, read, name="Cup")

    with just_before(spread.client, "TransactWriteItems", meanwhile):
        try:
            puts(spread, read, name="Bowl")
        except VersionConflict as conflict:
            conflicts.append(conflict)

    assert len(conflicts) == 1
    assert spread.level().name == "Cup"
    spread.adds_up()


def test_a_count_of_a_moment_keeps_what_every_shard_sold_since(spread: Shop) -> None:
    moment = spread.now()
    sells_from(spread, 0, 1)
    sells_from(spread, 2, 2)

    counts(spread, 20, as_of=moment)

    assert spread.level().on_hand == 17
    spread.adds_up()


@pytest.mark.parametrize("call", range(1, 12))
def test_a_count_of_a_moment_is_right_whenever_a_shard_sells(spread: Shop, call: int) -> None:
    moment = spread.now()
    sells_from(spread, 2, 1)
    reads = 0

    def sell(model: Any, **_: Any) -> None:
        nonlocal reads
        if model.name in ("BatchGetItem", "Query", "TransactWriteItems"):
            reads += 1
            if reads == call:
                sells_from(spread, 2, 1)

    with hooked(spread.client, "before-call", sell):
        counts(spread, 20, as_of=moment)

    assert spread.level().on_hand == 18
    spread.adds_up()


def test_a_count_of_a_moment_is_right_while_units_move_between_shards(spread: Shop) -> None:
    moment = spread.now()

    with just_before(spread.client, "Query", lambda: moves(spread, 6, source=2, target=0), call=2):
        counts(spread, 20, as_of=moment)

    assert spread.level().on_hand == 20
    spread.adds_up()


def test_the_same_count_of_a_moment_again_changes_nothing(spread: Shop) -> None:
    moment = spread.now()
    counts(spread, 20, as_of=moment)
    sells_from(spread, 0, 1)

    assert counts(spread, 20, as_of=moment) is ChangeOutcome.UNCHANGED
    assert spread.level().on_hand == 19
    spread.adds_up()


def test_a_count_of_a_level_that_is_spread_no_longer_knows_what_its_shards_sold(spread: Shop) -> None:
    moment = spread.now()
    sells_from(spread, 2, 6)
    joins_shards(spread)

    counts(spread, 20, as_of=moment)

    assert spread.level().on_hand == 14
    spread.adds_up()


def joins_shards(shop: Shop) -> None:
    """The shards, which are empty, are removed."""
    for shard in (1, 2):
        deletes_row(shop, partition_of(KEY.of_shard(shard)))
    [own] = shop.stock_store.rows([KEY])
    puts_row(shop, replace(own, shards=1))


def puts_row(shop: Shop, row: Level) -> None:
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level_item(row)))


# --- threshold and active


def test_threshold_and_active_reach_every_shard(spread: Shop) -> None:
    puts(spread, spread.level(), low_stock_threshold=7, active=False)

    assert settings(spread) == [(7, False)] * 3
    assert spread.level().settings_pending is None

    puts(spread, spread.level(), active=True)

    assert settings(spread) == [(7, True)] * 3
    spread.adds_up()


def test_an_edit_of_the_name_alone_writes_no_shard(spread: Shop) -> None:
    with recorded(spread.client) as calls:
        puts(spread, spread.level(), name="Cup")

    assert "UpdateItem" not in [call.operation for call in calls]


class Crash(Exception):
    """The function dies."""


def crashes_at(shop: Shop, operation: str, call: int, run: Callable[[], object]) -> None:
    """Run something that dies before this call of an operation."""

    def die() -> None:
        raise Crash

    with pytest.raises(Crash), just_before(shop.client, operation, die, call=call):
        run()


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_crash_before_all_shards_are_retired_is_completed_by_the_same_edit_again(spread: Shop, call: int) -> None:
    read = spread.level()
    crashes_at(spread, "UpdateItem", call, lambda: puts(spread, read, active=False))
    assert spread.level().settings_pending is not None

    puts(spread, read, active=False)

    assert settings(spread) == [(2, False)] * 3
    assert spread.level().settings_pending is None
    spread.adds_up()


def test_a_crash_before_all_shards_are_retired_is_completed_by_the_scheduled_check(spread: Shop) -> None:
    read = spread.level()
    crashes_at(spread, "UpdateItem", 1, lambda: puts(spread, read, active=False))

    spread.checks_low_stock()

    assert settings(spread) == [(2, False)] * 3
    assert spread.level().settings_pending is None


@pytest.mark.parametrize("call", [1, 2, 3])
def test_of_two_edits_of_the_threshold_all_shards_keep_the_later_one(spread: Shop, call: int) -> None:
    with just_before(
        spread.client, "UpdateItem", lambda: puts(spread, spread.level(), low_stock_threshold=9), call=call
    ):
        puts(spread, spread.level(), low_stock_threshold=7)

    assert settings(spread) == [(9, True)] * 3
    assert spread.level().settings_pending is None


# --- machines


def test_a_machine_changes_a_spread_level_as_any_other(spread: Shop) -> None:
    results = spread.feeds(
        {"product_id": "P-1", "warehouse_id": "main", "kind": "RECEIVED", "delta": 5},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -7},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -9},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "ADJUSTED", "delta": -9},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "DESCRIBED", "low_stock_threshold": 6},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "COUNTED", "on_hand": 9},
    )

    assert [applied.result for applied in results] == [
        *(Result.APPLIED, Result.APPLIED, Result.SHORT, Result.BELOW_RESERVED, Result.APPLIED, Result.APPLIED)
    ]
    assert [applied.level.on_hand for applied in results if applied.level] == [15, 8, 8, 8, 8, 9]
    assert settings(spread) == [(6, True)] * 3
    assert spread.level().on_hand == 9
    spread.adds_up()


def test_a_list_that_is_sent_again_changes_nothing_more(spread: Shop) -> None:
    changes = [
        {"product_id": "P-1", "warehouse_id": "main", "kind": "RECEIVED", "delta": 5},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -12},
        {"product_id": "P-1", "warehouse_id": "main", "kind": "COUNTED", "on_hand": 9},
    ]
    with lost_responses(spread.client, "TransactWriteItems"):
        spread.feeds(*changes)
    sells_from(spread, spread.level().parts[-1].shard, 0)

    spread.feeds(*changes)

    assert spread.level().on_hand == 9
    spread.adds_up()


# --- deletion


def test_a_level_is_deleted_with_all_its_shards_and_their_ledgers_add_up_to_nothing(spread: Shop) -> None:
    spread.adjusts(-10)
    version = spread.level().version

    spread.deletes()
    spread.deletes(version=version)  # again, after a lost answer

    assert spread.rows(spread.tables.inventory) == []
    for shard in range(3):
        assert spread.ledger.sum_of(KEY.of_shard(shard)) == (0, 0)
    with pytest.raises(LevelNotFound):
        spread.deletes(version=version + 1)


def test_a_level_with_units_in_one_shard_is_not_deleted(spread: Shop) -> None:
    spread.adjusts(-9)

    with pytest.raises(NotEmpty):
        spread.deletes()

    assert len(spread.rows(spread.tables.inventory)) == 3


def test_a_shard_that_gets_units_meanwhile_is_not_deleted(spread: Shop) -> None:
    spread.adjusts(-10)

    with (
        just_before(spread.client, "TransactWriteItems", lambda: spread.adjusts(+1)),
        pytest.raises((NotEmpty, VersionConflict)),
    ):
        spread.deletes()

    assert spread.level().on_hand == 1
    spread.adds_up()


def test_a_level_whose_shards_change_is_not_deleted(spread: Shop) -> None:
    spread.adjusts(-10)
    wants(spread, 1)

    with pytest.raises(ShardsChanging):
        spread.deletes()


def test_a_shard_that_is_written_in_every_attempt_makes_a_count_busy(spread: Shop) -> None:
    moment = spread.now()

    def sell(model: Any, **_: Any) -> None:
        if model.name == "Query":
            sells_from(spread, 2, 0)

    with hooked(spread.client, "before-call", sell), pytest.raises(TransientError):
        counts(spread, 20, as_of=moment)

    spread.adds_up()
