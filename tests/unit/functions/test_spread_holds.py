"""Holds of levels that are spread over shards: one shard, another one, then all of them; nobody is refused who need not be."""

import random
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import BelowReserved, InsufficientStock, InvalidReservation, TransientError
from inventory.model import LevelKey, Reservation, Source, Status
from inventory.reservations import spread_levels
from inventory.reservations.spread_levels import SpreadLevels
from inventory.reservations.store import ReservationStore
from inventory.stock.shards.store import movement_between_shards
from inventory.stock.sourcing import SOURCES_MAX, Sourcing, SourcingPolicy
from tests.support.shop.in_memory import MemoryShop, crowded
from tests.support.shop.spread import has_shards

KEY = LevelKey("P-1", "main")
WRITE = "TransactWriteItems"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def spread_shop(*on_hand: int) -> MemoryShop:
    """A shop with a product whose level is spread over so many shards."""
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=sum(on_hand))
    has_shards(shop, *on_hand)
    return shop


def sources(reservation: Reservation) -> list[Source]:
    return [source for line in reservation.lines for source in line.sources]


# --- what it costs


def test_a_hold_of_a_level_that_is_not_spread_is_one_write_and_no_read() -> None:
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=9)

    assert shop.count(lambda: shop.reserves(("P-1", 2))) == [WRITE]
    [row] = shop.rows(shop.tables.inventory)
    assert not {"shards", "units_taken"} & row.keys()


def test_the_first_hold_of_a_spread_level_learns_it_and_the_next_ones_know() -> None:
    shop = spread_shop(5, 5, 5, 5)

    assert shop.count(lambda: shop.reserves(("P-1", 2))) == [WRITE, WRITE]
    assert shop.count(lambda: shop.reserves(("P-1", 2))) == [WRITE]
    shop.adds_up()


def test_what_was_learnt_is_forgotten_after_a_minute() -> None:
    now = 100.0
    known = SpreadLevels(lambda: now)
    known.learn(KEY, 8)

    now += spread_levels.REMEMBERED_SECONDS
    assert known.numbers([KEY, LevelKey("P-2", "main")]) == {KEY: 8}
    now += 0.1
    assert known.numbers([KEY]) == {}


def test_what_was_learnt_is_forgotten_when_it_is_no_longer_so() -> None:
    known = SpreadLevels()
    known.learn(KEY, 8)
    known.learn(KEY, None)

    assert known.numbers([KEY]) == {}


def test_no_more_levels_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread_levels, "LEVELS_MAX", 2)
    known = SpreadLevels()
    for product_id in ("P-1", "P-2"):
        known.learn(LevelKey(product_id, "main"), 2)
    assert len(known.numbers([LevelKey("P-2", "main"), KEY])) == 2

    known.learn(LevelKey("P-3", "main"), 2)

    assert known.numbers([LevelKey("P-3", "main"), KEY]) == {LevelKey("P-3", "main"): 2}


@pytest.mark.parametrize(("shards", "tries"), [(2, 2), (3, 3), (8, 3)])
def test_after_three_short_shards_all_are_read_twice(shards: int, tries: int) -> None:
    shop = spread_shop(*[0] * shards)
    shop.spread_levels.learn(KEY, shards)
    reading = ["BatchGetItem", "BatchGetItem"]  # the own row, then the other shards

    made = shop.count(lambda: shop.reserves(("P-1", 1)))

    assert made == [*[WRITE] * tries, *reading, *reading, "PutItem"]


def test_no_shard_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = spread_shop(0, 0, 5)
    shop.spread_levels.learn(KEY, 3)
    monkeypatch.setattr("random.choice", lambda shards: shards[0])

    assert shop.count(lambda: shop.reserves(("P-1", 1))) == [WRITE, WRITE, WRITE]


def test_a_hold_that_one_shard_has_takes_it_from_one_shard() -> None:
    shop = spread_shop(5, 5, 5, 5)

    held = [shop.holds(("P-1", 5)) for _ in range(4)]

    assert sorted(source.shard for one in held for source in sources(one)) == [0, 1, 2, 3]
    assert all(len(sources(one)) == 1 for one in held)
    shop.adds_up()


def test_holds_are_spread_over_the_shards() -> None:
    shop = spread_shop(*[100] * 8)

    used = {sources(shop.holds(("P-1", 1)))[0].shard for _ in range(60)}

    assert used == set(range(8))


def test_units_that_are_taken_from_a_shard_are_counted_on_its_row_unless_it_is_the_level_s_own() -> None:
    shop = spread_shop(4, 4)

    for _ in range(4):
        shop.holds(("P-1", 2))

    assert [part.units_taken for part in shop.level().parts] == [0, 4]


# --- until the last unit


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=8), st.integers(0, 99))
def test_what_the_shards_have_together_can_be_held_and_one_unit_more_can_not(on_hand: list[int], seed: int) -> None:
    shop = spread_shop(*on_hand)
    draw = random.Random(seed)

    while available := shop.level().available:
        refused = shop.reserves(("P-1", available + 1))
        assert refused.status is Status.REJECTED
        assert [short.available for short in refused.shortages] == [available]
        assert shop.reserves(("P-1", draw.randint(1, available))).status is Status.HELD
    assert shop.reserves(("P-1", 1)).status is Status.REJECTED
    shop.adds_up()


def test_units_that_no_shard_has_alone_are_held_from_as_few_shards_as_possible() -> None:
    shop = spread_shop(3, 1, 4, 1, 5)

    held = shop.holds(("P-1", 9))

    assert {(source.shard, source.quantity) for source in sources(held)} == {(4, 5), (2, 4)}
    assert held.to_json()["lines"][0]["sources"] == [{"warehouse_id": "main", "quantity": 9}]
    shop.adds_up()


def test_a_checkout_is_not_refused_because_units_move_while_they_are_counted() -> None:
    shop = spread_shop(0, 2, 1)
    moves = 0

    def move(operation: str, request: dict[str, Any]) -> None:
        """Units go to the level's own row, which was read already, from a shard that is read next."""
        nonlocal moves
        if operation == "BatchGetItem" and "shard" in str(request) and not moves:
            own, source, _ = shop.level().parts
            assert shop.shards.store.move(own, source, own, movement_between_shards(KEY, 2, "ada", shop.now()))
            moves += 1

    shop.meanwhile = move

    assert shop.reserves(("P-1", 3)).status is Status.HELD
    assert moves == 1
    shop.adds_up()


def test_a_checkout_is_not_refused_by_one_reading_that_may_show_what_never_was() -> None:
    shop = spread_shop(2, 1)
    known = shop.answer
    reads = 0

    def torn(operation: str, request: dict[str, Any]) -> Any:
        """The first reading of the other shards misses their units, as if they had been elsewhere at that moment."""
        nonlocal reads
        answer = known(operation, request)
        if operation == "BatchGetItem" and "shard" in str(request):
            reads += 1
            for item in answer["Responses"][shop.tables.inventory] if reads == 1 else []:
                item["available"] = {"N": "0"}
        return answer

    shop.answer = torn

    assert shop.reserves(("P-1", 3)).status is Status.HELD
    assert reads == 2


def test_a_level_that_changes_between_all_readings_is_left_to_the_next_attempt() -> None:
    shop = spread_shop(0, 0)
    known = shop.answer
    reads = 0

    def busy(operation: str, request: dict[str, Any]) -> Any:
        nonlocal reads
        answer = known(operation, request)
        for item in answer["Responses"][shop.tables.inventory] if operation == "BatchGetItem" else []:
            reads += 1
            item["units_taken"] = {"N": str(reads)}
        return answer

    shop.answer = busy

    with pytest.raises(TransientError, match="while they were counted"):
        shop.reserves(("P-1", 1))
    assert shop.rows(shop.tables.reservations) == []


def others_hold_meanwhile(shop: MemoryShop) -> None:
    """Between any two reads, another checkout holds a unit, and a sale is committed."""
    shop.holds(("P-1", 1))  # learns that it is spread

    def meanwhile(operation: str, request: dict[str, Any]) -> None:
        if operation != "BatchGetItem":
            return
        shop.meanwhile = None
        sold = shop.holds(("P-1", 1))
        shop.pays(sold)
        shop.commits(sold)
        shop.holds(("P-1", 1))
        shop.meanwhile = meanwhile

    shop.meanwhile = meanwhile


def test_a_checkout_that_is_too_large_is_refused_while_others_hold_and_buy() -> None:
    shop = spread_shop(*[100] * 8)
    others_hold_meanwhile(shop)

    refused = shop.reserves(("P-1", 801))

    assert refused.status is Status.REJECTED
    shop.adds_up()


def test_what_removes_too_much_is_refused_while_others_hold_and_buy() -> None:
    shop = spread_shop(*[100] * 8)
    others_hold_meanwhile(shop)
    sold = {"product_id": "P-1", "warehouse_id": "main", "kind": "SOLD_ELSEWHERE", "delta": -801}
    counted = {"product_id": "P-1", "warehouse_id": "main", "kind": "COUNTED", "on_hand": 0}

    with pytest.raises(BelowReserved):
        shop.adjusts(-801)
    results = [applied.result for applied in shop.feeds(sold, counted)]

    assert results == ["SHORT", "BELOW_RESERVED"]
    shop.adds_up()


def test_nobody_is_refused_and_nothing_is_left_in_a_crowd() -> None:
    shop = spread_shop(*[4] * 8)
    chance = random.Random(5)
    answers = []
    conflict = crowded(chance, 0.3)

    def meanwhile(operation: str, request: dict[str, Any]) -> None:
        if operation == WRITE and chance.random() < 0.3:
            buys()
        conflict(operation, request)

    def buys() -> None:
        try:
            answers.append(shop.reserves(("P-1", chance.choice((1, 2, 3)))))
        except TransientError:
            pass

    shop.meanwhile = meanwhile
    while shop.level().available:
        buys()
    shop.meanwhile = None

    held = [answer for answer in answers if answer.status is Status.HELD]
    assert sum(reservation.units for reservation in held) == 32
    for refused in (answer for answer in answers if answer.status is Status.REJECTED):
        [short] = refused.shortages
        assert short.available < short.requested
    shop.adds_up()


@pytest.mark.parametrize(("conflicts", "paused"), [(3, 0), (4, 1), (6, 3)])
def test_a_conflict_is_answered_by_another_shard_at_once_until_all_seem_crowded(
    monkeypatch: pytest.MonkeyPatch, conflicts: int, paused: int
) -> None:
    shop = spread_shop(*[9] * 8)
    shop.holds(("P-1", 1))  # learns that it is spread
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    tried: list[str] = []

    def conflict(operation: str, request: dict[str, Any]) -> None:
        tried.append(request["TransactItems"][1]["Update"]["Key"]["product_id"]["S"])
        if len(tried) <= conflicts:
            crowded(random.Random(0), 1)(operation, request)

    shop.meanwhile = conflict

    assert shop.reserves(("P-1", 1)).status is Status.HELD
    assert len(tried) == conflicts + 1
    assert len(pauses) == paused


def test_a_hold_gives_up_when_all_shards_stay_crowded() -> None:
    shop = spread_shop(9, 9)
    shop.holds(("P-1", 1))
    shop.meanwhile = crowded(random.Random(0), 1)

    with pytest.raises(TransientError):
        shop.reserves(("P-1", 1))


@pytest.mark.parametrize(("seconds", "known"), [(0.5, 2), (1.5, 8)])
@pytest.mark.parametrize("has_quota", [True, False])
def test_a_crowded_hold_looks_for_more_shards_if_it_learnt_their_number_some_time_ago(
    monkeypatch: pytest.MonkeyPatch, seconds: float, known: int, has_quota: bool
) -> None:
    shop = spread_shop(9, 9)
    shop.holds(("P-1", 1))
    shop.shards.set_shards(KEY, 8, None, "ada", shop.now())
    monkeypatch.setattr(ReservationStore, "may_retry_hold", lambda *_: has_quota)
    later = time.monotonic() + seconds
    monkeypatch.setattr(shop.spread_levels, "_clock", lambda: later)
    shop.meanwhile = crowded(random.Random(0), 1)

    with pytest.raises(TransientError):
        shop.reserves(("P-1", 1))

    assert shop.spread_levels.numbers([KEY]) == {KEY: known}


@pytest.mark.parametrize(("conflicts", "reads"), [(2, 0), (3, 0), (4, 1), (5, 2)])
def test_a_crowded_hold_looks_for_more_shards_from_the_first_conflict_after_which_it_pauses(
    monkeypatch: pytest.MonkeyPatch, conflicts: int, reads: int
) -> None:
    monkeypatch.setattr(spread_levels, "IN_A_CROWD_SECONDS", 0.0)
    shop = spread_shop(9, 9)
    shop.holds(("P-1", 1))
    writes = 0

    def conflict(operation: str, request: dict[str, Any]) -> None:
        nonlocal writes
        writes += operation == "TransactWriteItems"
        if writes <= conflicts:
            crowded(random.Random(0), 1)(operation, request)

    shop.meanwhile = conflict

    assert shop.count(lambda: shop.holds(("P-1", 1))).count("BatchGetItem") == reads


@pytest.mark.parametrize(("seconds", "stale"), [(0.5, []), (1.0, [KEY]), (2.0, [KEY])])
def test_the_number_of_a_crowded_level_is_stale_after_a_second(seconds: float, stale: list[LevelKey]) -> None:
    now = [5.0]
    known = spread_levels.SpreadLevels(lambda: now[0])
    known.learn(KEY, 2)
    now[0] += seconds

    assert known.stale_in_crowd([LevelKey("P-2", "main"), KEY]) == stale


def test_a_crowded_hold_learns_that_its_level_is_not_spread_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread_levels, "IN_A_CROWD_SECONDS", 0.0)
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=9)
    shop.spread_levels.learn(KEY, 2)
    shop.meanwhile = crowded(random.Random(0), 1)

    with pytest.raises(TransientError):
        shop.reserves(("P-1", 1))

    assert shop.spread_levels.numbers([KEY]) == {}


# --- with everything else that a checkout may ask


def test_a_line_is_placed_in_the_warehouse_whose_shards_have_it_together() -> None:
    shop = spread_shop(1, 2, 2)
    shop.stocks("P-1", on_hand=4, warehouse_id="north")
    shop.sourcing = SourcingPolicy(("north", "main"), Sourcing.ONE_WAREHOUSE)

    held = shop.holds(("P-1", 5))

    assert held.to_json()["lines"][0]["sources"] == [{"warehouse_id": "main", "quantity": 5}]
    shop.adds_up()


def test_a_line_is_split_over_warehouses_of_which_one_is_spread() -> None:
    shop = spread_shop(1, 2, 2)
    shop.stocks("P-1", on_hand=4, warehouse_id="north")
    shop.sourcing = SourcingPolicy(("main", "north"), Sourcing.SPLIT)

    held = shop.holds(("P-1", 8))

    assert sum(source.quantity for source in sources(held)) == 8
    assert {source["warehouse_id"] for source in held.to_json()["lines"][0]["sources"]} == {"main", "north"}
    assert shop.reserves(("P-1", 2)).status is Status.REJECTED
    shop.adds_up()


def test_a_checkout_that_accepts_a_part_holds_what_the_shards_have_together() -> None:
    shop = spread_shop(1, 2, 2)

    held = shop.reserves(("P-1", 9), accept="PARTIAL")

    assert (held.status, held.units) == (Status.HELD, 5)
    assert [short.available for short in held.shortages] == [5]
    shop.adds_up()


def test_a_cart_of_spread_and_other_levels_names_each_line_that_is_short() -> None:
    shop = spread_shop(1, 1)
    shop.stocks("P-2", on_hand=1)
    shop.stocks("P-3", on_hand=5)

    refused = shop.reserves(("P-1", 3), ("P-2", 2), ("P-3", 5))

    assert [(short.product_id, short.available) for short in refused.shortages] == [("P-1", 2), ("P-2", 1)]
    assert shop.reserves(("P-1", 2), ("P-2", 1), ("P-3", 5)).status is Status.HELD
    shop.adds_up()


def test_two_lines_of_one_spread_level_are_held_together() -> None:
    shop = spread_shop(2, 2, 2)

    held = shop.holds(("P-1", 3), {"product_id": "P-1", "warehouse_id": "main", "quantity": 3})

    assert held.units == 6
    shop.adds_up()


def test_a_customer_beyond_the_limit_is_refused_for_that() -> None:
    shop = spread_shop(9, 9)

    refused = shop.reserves(("P-1", shop.limits.units_max + 1), customer_id="C-1")

    assert refused.reason == "HOLD_LIMIT_REACHED"


def test_parts_of_more_than_one_transaction_are_refused_by_name() -> None:
    shop = MemoryShop()
    for product_id in ("P-1", "P-2"):
        shop.stocks(product_id, on_hand=30)
        has_shards(shop, *[1] * 30, product_id=product_id)

    with pytest.raises(InvalidReservation, match=f"at most {SOURCES_MAX} are possible"):
        shop.reserves(("P-1", 30), ("P-2", 30))
    assert shop.reserves(("P-1", 20), ("P-2", 20)).status is Status.HELD
    shop.adds_up()


def test_a_shard_whose_row_another_tool_deleted_stops_no_hold() -> None:
    shop = spread_shop(3, 0, 3)
    key = {"product_id": {"S": "\x1fshard\x1f1\x1fP-1"}, "warehouse_id": {"S": "main"}}
    shop.client.delete_item(TableName=shop.tables.inventory, Key=key)

    assert [shop.reserves(("P-1", 3)).status for _ in range(3)] == ["HELD", "HELD", "REJECTED"]


def test_the_same_request_again_finds_its_first_answer() -> None:
    shop = spread_shop(3, 3)
    first = shop.reserves(("P-1", 2), reservation_id="R-1")

    assert shop.reserves(("P-1", 2), reservation_id="R-1") == first
    assert shop.level().reserved == 2


# --- what comes after a hold


def test_a_held_cart_grows_over_the_shards_and_shrinks_again() -> None:
    shop = spread_shop(2, 2, 2)
    held = shop.holds(("P-1", 2))

    grown = shop.changes(held, ("P-1", 5))
    shop.adds_up()
    with pytest.raises(InsufficientStock) as refused:
        shop.changes(grown, ("P-1", 7))
    shrunk = shop.changes(grown, ("P-1", 1))

    assert (grown.units, shrunk.units) == (5, 1)
    assert [short.available for short in refused.value.shortages] == [6]
    assert {source.shard for source in sources(held)} <= {source.shard for source in sources(grown)}
    assert (shop.level().reserved, shop.level().available) == (1, 5)
    shop.adds_up()


@pytest.mark.parametrize("tracked", [False, True])
def test_every_end_of_a_hold_moves_the_units_of_its_shards(tracked: bool) -> None:
    shop = spread_shop(2, 2, 2, 2)
    shop.tracks_dispatch = tracked
    sold, released = shop.holds(("P-1", 3)), shop.holds(("P-1", 3))

    shop.pays(sold)
    shop.commits(sold)
    shop.times_out(released)

    level = shop.level()
    assert (level.on_hand, level.reserved, level.available) == (8 if tracked else 5, 0, 5)
    assert level.allocated == (3 if tracked else 0)
    shop.adds_up()


def test_a_late_payment_buys_from_any_shards_that_have_the_units() -> None:
    shop = spread_shop(2, 2, 2)
    expired = shop.holds(("P-1", 3))
    shop.times_out(expired)
    others = [shop.holds(("P-1", 1)) for _ in range(3)]

    paid = shop.pays(expired)

    assert paid.fulfilled
    assert shop.reservation(expired).status is Status.COMMITTED
    assert shop.level().on_hand == 3
    assert sum(source.quantity for source in sources(shop.reservation(expired))) == 3
    assert len(others) == 3
    shop.adds_up()


def test_a_late_payment_buys_nothing_if_the_shards_together_have_too_little() -> None:
    shop = spread_shop(2, 2)
    expired = shop.holds(("P-1", 3))
    shop.times_out(expired)
    shop.holds(("P-1", 2))

    assert not shop.pays(expired).fulfilled
    assert shop.reservation(expired).status is Status.UNFULFILLED
    shop.adds_up()


def test_a_late_payment_of_a_level_that_is_not_spread_reads_no_other_rows() -> None:
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=3)
    expired = shop.holds(("P-1", 3))
    shop.times_out(expired)
    shop.holds(("P-1", 1))

    assert "BatchGetItem" not in shop.count(lambda: shop.pays(expired))
    assert shop.reservation(expired).status is Status.UNFULFILLED


def test_a_late_payment_buys_what_came_back_while_it_looked_for_other_shards() -> None:
    shop = spread_shop(2, 2)
    shop.stocks("P-2", on_hand=1)
    expired = shop.holds(("P-1", 2), ("P-2", 1))
    shop.times_out(expired)
    shop.adjusts(-1, product_id="P-2")
    [empty] = {source.shard for source in sources(expired) if source.quantity == 2}
    parts = shop.level().parts
    moved = movement_between_shards(KEY.of_shard(1 - empty), 2, "ada", shop.now())
    shop.shards.store.move(parts[0], parts[empty], parts[1 - empty], moved)

    def restock(operation: str, request: dict[str, Any]) -> None:
        if operation == "BatchGetItem":
            shop.meanwhile = None
            shop.adjusts(+1, product_id="P-2")

    shop.meanwhile = restock

    assert shop.pays(expired).fulfilled
    shop.adds_up()


def test_a_late_payment_that_is_overtaken_in_every_attempt_is_left_to_the_next() -> None:
    shop = spread_shop(2, 2)
    expired = shop.holds(("P-1", 3))
    shop.times_out(expired)
    shop.holds(("P-1", 3))

    with pytest.raises(TransientError, match="other checkouts took the units"):
        shop.reservation_store.rescue(shop.reservation(expired), "PAY-1", shop.now(), lambda read: read.lines)
    assert shop.reservation(expired).status is Status.RELEASED


def test_a_stranded_hold_of_shards_is_settled() -> None:
    shop = spread_shop(2, 2)
    shop.holds(("P-1", 3))

    assert shop.reconciles(later=timedelta(days=1))["released"] == 1

    assert shop.level().available == 4
    shop.adds_up()
