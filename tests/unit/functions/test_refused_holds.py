"""What a refused hold says of each level: too little, unknown, spread after all, or only this shard is short."""

from collections.abc import Collection
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.items import is_of_shard, partition_of
from inventory.model import CustomerLimits, LevelKey, Line, Reservation, Source, Status, iso
from inventory.reservations.store import HoldRefused
from tests.support.shop.drift import deletes_row
from tests.support.shop.in_memory import MemoryShop
from tests.support.shop.spread import has_shards

KEY = LevelKey("P-1", "main")
WIDE = CustomerLimits(holds_max=99, units_max=99)


def shop_with(*on_hand: int, **own: Any) -> MemoryShop:
    """A shop with a level that has so many units in its shards, and some attributes on its own row."""
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=sum(on_hand))
    if len(on_hand) > 1:
        has_shards(shop, *on_hand)
    [row] = [row for row in shop.rows(shop.tables.inventory) if not is_of_shard(row)]
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | own))
    return shop


def holds(
    shop: MemoryShop, *lines: Line, spread: Collection[LevelKey] = (), limits: CustomerLimits = WIDE
) -> Reservation | HoldRefused:
    now = iso(shop.now())
    reservation = Reservation("R-1", Status.HELD, lines, 600, now, held_until=now, customer_id="C-1")
    return shop.reservation_store.hold(reservation, limits, spread)


def three_from(shard: int = 0) -> Line:
    """Three units of one shard of the level."""
    return Line("P-1", "main", 3, (Source("main", 3, shard),) if shard else ())


def refused(
    short: dict[LevelKey, int] | None = None,
    *,
    unknown: tuple[LevelKey, ...] = (),
    shards: dict[LevelKey, int | None] | None = None,
    short_shards: Collection[LevelKey] = (),
    beyond_limit: bool = False,
) -> HoldRefused:
    return HoldRefused(short or {}, unknown, beyond_limit, shards or {}, frozenset(short_shards))


def test_a_level_that_is_short_says_how_much_it_has() -> None:
    assert holds(shop_with(2), three_from()) == refused({KEY: 2})


def test_nothing_of_a_retired_level_is_held() -> None:
    assert holds(shop_with(9, active=False), three_from()) == refused({KEY: 0})


def test_a_level_that_does_not_exist_is_unknown() -> None:
    unknown = LevelKey("P-2", "main")

    assert holds(shop_with(3), three_from(), Line("P-2", "main", 1)) == refused(unknown=(unknown,))


def test_a_level_that_is_spread_after_all_says_over_how_many_shards() -> None:
    shop = shop_with(3, 3, 3)

    assert holds(shop, three_from()) == refused(shards={KEY: 3})


def test_a_level_whose_shards_are_about_to_go_says_how_many_take_holds() -> None:
    assert holds(shop_with(3, 3, 3, shards_wanted=2), three_from()) == refused(shards={KEY: 2})


def test_a_level_that_is_spread_no_longer_must_be_learnt_again() -> None:
    assert holds(shop_with(3), three_from(), spread=[KEY]) == refused(shards={KEY: None})


@pytest.mark.parametrize("shard", [0, 2])
def test_a_shard_that_is_short_says_nothing_of_its_level(shard: int) -> None:
    answer = holds(shop_with(2, 9, 2), three_from(shard), spread=[KEY])

    assert answer == refused(short_shards=[KEY.of_shard(shard)])


def test_a_shard_that_does_not_exist_must_be_learnt_again() -> None:
    answer = holds(shop_with(3), three_from(2), spread=[KEY])

    assert answer == refused(shards={KEY: None}, short_shards=[KEY.of_shard(2)])


def test_a_spread_level_whose_own_row_does_not_exist_must_be_learnt_again() -> None:
    shop = shop_with(3, 3)
    deletes_row(shop, partition_of(KEY))

    assert holds(shop, three_from(), spread=[KEY]) == refused(shards={KEY: None})


def test_a_spread_level_that_cannot_be_read_has_nothing() -> None:
    assert holds(shop_with(3, 3, on_hand="many"), three_from()) == refused({KEY: 0})


def test_a_customer_beyond_the_limit_is_named_beside_what_is_short() -> None:
    limits = CustomerLimits(holds_max=9, units_max=2)

    assert holds(shop_with(9), three_from(), limits=limits) == refused(beyond_limit=True)
    assert holds(shop_with(2), three_from(), limits=limits) == refused({KEY: 2}, beyond_limit=True)
    assert holds(shop_with(2, 9), three_from(), spread=[KEY], limits=limits) == refused(
        short_shards=[KEY], beyond_limit=True
    )


@pytest.mark.parametrize(
    ("answer", "is_about_shards"),
    [
        (refused(shards={KEY: 2}), True),
        (refused(short_shards=[KEY]), True),
        (refused(), False),
        (refused({KEY: 1}, short_shards=[KEY]), False),
        (refused(unknown=(KEY,), shards={KEY: 2}), False),
        (refused(short_shards=[KEY], beyond_limit=True), False),
    ],
)
def test_other_shards_are_tried_only_if_nothing_else_is_in_the_way(answer: HoldRefused, is_about_shards: bool) -> None:
    assert answer.is_about_shards is is_about_shards
