"""A level and what was moved of it after a moment are of one moment, also if it is or was spread over shards."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.errors import TransientError
from inventory.items import partition_of
from inventory.model import Level, LevelKey, MovementKind, iso
from inventory.stock.counts import MovedSince
from inventory.stock.shards.history import level_and_moved_since
from tests.support.shop import clock
from tests.support.shop.drift import deletes_row
from tests.support.shop.in_memory import MemoryShop
from tests.support.shop.spread import changes_shard, has_shards

KEY = LevelKey("P-1", "main")
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def shop_with(*on_hand: int) -> MemoryShop:
    """A shop with a level that had so many units in its shards ten minutes before the moment."""
    shop = MemoryShop()
    shop.now = lambda: MOMENT - timedelta(minutes=10)
    shop.stocks("P-1", on_hand=sum(on_hand))
    if len(on_hand) > 1:
        has_shards(shop, *on_hand)
    shop.now = clock(MOMENT + timedelta(minutes=1))
    return shop


def since(shop: MemoryShop, read: Level | None) -> tuple[Level | None, MovedSince]:
    return level_and_moved_since(read, KEY, iso(MOMENT), shop.stock_store, shop.ledger)


def test_of_a_level_that_was_never_spread_only_the_ledger_is_read() -> None:
    shop = shop_with(9)
    shop.adjusts(-2)
    read = shop.level()

    assert since(shop, read) == (read, MovedSince(happened=-2))
    assert shop.count(lambda: since(shop, read)) == ["Query"]


def test_a_level_that_was_deleted_after_the_moment_is_known_by_its_ledger() -> None:
    shop = shop_with(0)
    shop.deletes()

    level, moved = since(shop, None)

    assert (level, moved.is_deleted) == (None, True)


@pytest.mark.parametrize("on_hand", [(4, 6), (4, 0, 6)])
def test_the_movements_of_all_shards_count(on_hand: tuple[int, ...]) -> None:
    shop = shop_with(*on_hand)
    for shard, (sold, corrected) in enumerate([(1, 5), (2, 7)]):
        changes_shard(shop, shard, -sold, MovementKind.SOLD)
        changes_shard(shop, shard, corrected, MovementKind.COUNTED)

    assert since(shop, shop.level()) == (shop.level(), MovedSince(happened=-3, counted=12))


def test_the_movements_of_shards_that_were_removed_count_for_a_level_that_is_one_row_again() -> None:
    shop = shop_with(4, 6)
    changes_shard(shop, 1, -6, MovementKind.SOLD)
    shop.spreads(1)
    read = shop.level()

    assert since(shop, read) == (read, MovedSince(happened=-6))
    assert read.parts == ()


def test_a_shard_that_another_tool_deletes_meanwhile_has_no_units() -> None:
    shop = shop_with(4, 6)
    read = shop.level()
    ledgers = 0

    def delete(operation: str, request: object) -> None:
        nonlocal ledgers
        ledgers += operation == "Query"
        if ledgers == 2:
            deletes_row(shop, partition_of(KEY.of_shard(1)))

    shop.meanwhile = delete
    level, _ = since(shop, read)

    assert level
    assert [part.shard for part in level.parts] == [0]
    assert level.on_hand == 4


def test_a_shard_that_is_written_during_every_reading_is_left_to_the_next_attempt() -> None:
    shop = shop_with(4, 6)
    read = shop.level()

    def sell(operation: str, request: object) -> None:
        if operation == "Query":
            changes_shard(shop, 1, 0, MovementKind.SOLD)

    shop.meanwhile = sell
    with pytest.raises(TransientError, match="keeps changing"):
        since(shop, read)


def test_a_level_that_is_deleted_meanwhile_is_left_to_the_next_attempt() -> None:
    shop = shop_with(4, 6)
    read = shop.level()
    for shard in (0, 1):
        deletes_row(shop, partition_of(KEY.of_shard(shard)))

    with pytest.raises(TransientError, match="was deleted meanwhile"):
        since(shop, read)
