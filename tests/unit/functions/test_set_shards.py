"""The number of a level's shards changes while it sells: no unit is lost, stranded or sold twice, wherever it is stopped."""

import random
from datetime import timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.retries import ATTEMPTS_MAX
from inventory.errors import (
    InvalidRequest,
    LevelNotFound,
    ShardsChanging,
    TransientError,
    VersionConflict,
)
from inventory.items import SHARD_CHANGES, is_of_shard, partition_of
from inventory.model import SHARDS_MAX, Level, LevelKey, Movement, Reservation, Status
from inventory.reservations.spread_levels import SpreadLevels
from inventory.stock.counts import Count
from inventory.stock.shards import spreading
from inventory.stock.shards.spreading import SECONDS_MAX
from inventory.stock.shards.store import ShardStore, movement_between_shards
from tests.support.shop import BY_HAND
from tests.support.shop.drift import deletes_row, tampers
from tests.support.shop.in_memory import MemoryShop, Stopped, crowded, stopped_before_write
from tests.support.shop.spread import has_shards

KEY = LevelKey("P-1", "main")
WRITE = "TransactWriteItems"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def open_shop(on_hand: int = 40, *, shards: int = 1) -> MemoryShop:
    shop = MemoryShop()
    shop.stocks("P-1", on_hand=on_hand)
    shop.spreads(shards)
    return shop


def available(level: Level) -> list[int]:
    return [part.available for part in level.parts or (level,)]


def is_over(shop: MemoryShop) -> bool:
    """Whether no change is under way, and none is listed."""
    return shop.level().shards_wanted is None and not listed(shop)


def listed(shop: MemoryShop) -> list[dict[str, Any]]:
    """The changes that the scheduled run will find."""
    return [row for row in shop.rows(shop.tables.inventory) if row["product_id"] == SHARD_CHANGES]


# --- growing and shrinking


def test_the_units_of_a_level_are_spread_evenly_over_new_shards() -> None:
    shop = open_shop(40)

    level = shop.spreads(8)

    assert (level.shards, level.on_hand, sum(available(level))) == (8, 40, 40)
    assert max(available(level)) - min(available(level)) <= 1
    assert is_over(shop)
    shop.adds_up()


@pytest.mark.parametrize("on_hand", [0, 1, 3, 31])
def test_few_units_are_spread_too(on_hand: int) -> None:
    shop = open_shop(on_hand)

    assert max(available(shop.spreads(4))) <= on_hand // 4 + 2
    assert shop.reserves(("P-1", max(1, on_hand))).status == (Status.HELD if on_hand else Status.REJECTED)
    shop.adds_up()


def test_more_and_fewer_shards_and_none_again() -> None:
    shop = open_shop(40)

    numbers = [shop.spreads(number).shards for number in (2, 16, 5, 32, 1)]

    assert numbers == [2, 16, 5, 32, 1]
    assert is_over(shop)
    [row] = shop.rows(shop.tables.inventory)
    assert not {"shards", "shards_wanted"} & row.keys()
    assert row["shards_max"] == 32  # the ledgers of its shards are still there
    assert (row["on_hand"], row["available"]) == (40, 40)
    shop.adds_up()


def test_no_version_comes_twice() -> None:
    shop = open_shop(40)
    versions = [shop.level().version]

    for number in (4, 2, 4, 1):
        versions.append(shop.spreads(number).version)

    assert versions == sorted(set(versions))


def test_the_same_number_again_changes_nothing() -> None:
    shop = open_shop(40, shards=4)
    rows = shop.rows(shop.tables.inventory)

    assert shop.spreads(4).shards == 4
    assert shop.rows(shop.tables.inventory) == rows


def test_a_move_leaves_a_movement_in_each_of_the_two_ledgers() -> None:
    shop = open_shop(40, shards=2)

    moves = [row for row in shop.rows(shop.tables.movements) if row["kind"] == "MOVED"]

    assert sorted((is_of_shard(row), int(row["delta"])) for row in moves) == [(False, -20), (True, 20)]
    assert len({row["moved_at"] for row in moves}) == 1


def test_a_delivery_to_one_shard_is_shared_with_the_others() -> None:
    shop = open_shop(8, shards=4)
    own, other, *_ = shop.level().parts
    shop.shards.store.move(own, own, other, movement_between_shards(other.key, 2, "ada", shop.now()))

    shop.shards.even_out(KEY, "ada", shop.now())
    shop.shards.even_out(LevelKey("P-2", "main"), "ada", shop.now())

    assert available(shop.level()) == [2, 2, 2, 2]
    shop.adds_up()


@pytest.mark.parametrize(
    ("on_hand", "moved", "left"),
    [
        ((9, 7), [], [9, 7]),  # the difference is small
        ((2, 0), [1], [1, 1]),
        ((12, 0), [6], [6, 6]),
        ((6, 6, 0), [2, 2], [4, 4, 4]),
        ((4, 1, 1), [1, 1], [2, 2, 2]),
        ((5, 0, 0), [1, 1, 1], [2, 2, 1]),
        ((5, -4), [1, 3], [1, 0]),  # after a drift
    ],
)
def test_shards_are_evened_out_in_few_moves(on_hand: tuple[int, ...], moved: list[int], left: list[int]) -> None:
    shop = open_shop(sum(on_hand))
    has_shards(shop, *on_hand)

    shop.shards.even_out(KEY, "ada", shop.now())

    moves = [row for row in shop.rows(shop.tables.movements) if row["reason"] == "moved between shards"]
    assert sorted(int(row["delta"]) for row in moves if row["delta"] > 0) == moved
    assert available(shop.level()) == left


def test_the_units_that_are_free_leave_a_shard_that_must_wait_for_its_hold() -> None:
    shop = open_shop(6)
    has_shards(shop, 3, 3)
    tampers(shop, partition_of(KEY.of_shard(1)), available=-2, reserved=2)  # somebody holds two of its units

    shrinking = shop.spreads(1)

    assert available(shrinking) == [4, 0]
    assert shrinking.shards_wanted == 1


# --- what is refused


@pytest.mark.parametrize("shards", [0, -1, SHARDS_MAX + 1])
def test_a_number_that_no_level_may_have_is_refused(shards: int) -> None:
    shop = open_shop()

    with pytest.raises(InvalidRequest, match=f"shards: must be 1 to {SHARDS_MAX}"):
        shop.spreads(shards)
    assert shop.level().shards == 1


def test_a_level_that_does_not_exist_cannot_be_spread() -> None:
    with pytest.raises(LevelNotFound):
        open_shop().spreads(4, "P-2")


def test_a_change_of_a_level_that_was_changed_since_it_was_read_is_refused() -> None:
    shop = open_shop()

    with pytest.raises(VersionConflict):
        shop.shards.set_shards(KEY, 4, shop.level().version + 1, "ada", shop.now())
    assert shop.level().shards == 1
    assert shop.shards.set_shards(KEY, 4, shop.level().version, "ada", shop.now()).shards == 4


def test_a_second_change_is_refused_while_the_first_is_under_way() -> None:
    shop = open_shop(40, shards=4)
    held = [shop.holds(("P-1", 10)) for _ in range(4)]
    assert shop.spreads(2).shards_wanted == 2

    with pytest.raises(ShardsChanging):
        shop.spreads(8)
    assert shop.spreads(2).shards == 4  # the same change again continues it
    for hold in held:
        shop.cancels(hold)
    assert shop.spreads(2).shards == 2
    assert shop.spreads(8).shards == 8
    shop.adds_up()


def test_a_product_whose_shards_could_not_be_named_is_not_spread() -> None:
    shop = open_shop()
    product_id = "P" * 1_020  # another tool wrote it
    shop.has_by_hand(product_id)

    with pytest.raises(InvalidRequest, match="product_id: is too long for a level with shards"):
        shop.spreads(2, product_id)
    assert shop.level(product_id).shards_wanted is None


def test_a_level_that_others_spread_in_every_attempt_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []
    monkeypatch.setattr(spreading, "pause", pauses.append)
    shop = open_shop()

    def others(operation: str, request: dict[str, Any]) -> None:
        if operation == WRITE:
            shop.spreads(2 if shop.level().shards == 1 else 1)

    shop.meanwhile = others
    with pytest.raises(TransientError, match="keeps changing"):
        shop.spreads(4)
    shop.meanwhile = None

    assert pauses == list(range(ATTEMPTS_MAX - 1))
    assert is_over(shop)


# --- holds of shards that go


def test_a_shard_stays_until_its_last_hold_has_ended() -> None:
    shop = open_shop(40, shards=4)
    held = [shop.holds(("P-1", 5)) for _ in range(4)]
    used = {hold.lines[0].sources[0].shard for hold in held}

    shrinking = shop.spreads(1)

    assert shrinking.shards == max(used) + 1
    assert [part.available for part in shrinking.parts if part.shard] == [0] * max(used)
    assert shop.shards.continue_all(shop.now()) == 1
    for hold in held[:2]:
        shop.pays(hold)
        shop.commits(hold)
    for hold in held[2:]:
        shop.times_out(hold)
    assert shop.shards.continue_all(shop.now()) == 0
    assert (shop.level().shards, shop.level().available) == (1, 30)
    assert is_over(shop)
    shop.adds_up()


def test_new_holds_are_not_in_shards_that_are_to_go() -> None:
    shop = open_shop(80, shards=8)
    for _ in range(30):
        shop.reserves(("P-1", 1))
    assert shop.spreads(2).shards_wanted == 2
    shop.spread_levels = SpreadLevels()  # a new container, or a minute later

    used = {shop.reserves(("P-1", 1)).lines[0].sources[0].shard for _ in range(25)}

    assert used == {0, 1}


def test_the_last_units_are_sold_also_from_a_shard_that_goes() -> None:
    shop = open_shop(8, shards=4)
    held = [shop.holds(("P-1", 2)) for _ in range(4)]
    shop.spreads(1)
    shop.cancels(next(hold for hold in held if hold.lines[0].sources[0].shard == 3))

    assert shop.reserves(("P-1", 3)).status is Status.REJECTED
    assert shop.reserves(("P-1", 2)).status is Status.HELD
    shop.adds_up()


def test_a_container_that_knows_an_older_number_sells_as_before() -> None:
    shop = open_shop(40, shards=8)
    shop.cancels(shop.reserves(("P-1", 1)))
    shop.spreads(2)  # the container does not learn it
    shop.spreads(1)

    assert sum(shop.reserves(("P-1", 4)).status is Status.HELD for _ in range(10)) == 10
    assert shop.reserves(("P-1", 1)).status is Status.REJECTED
    shop.adds_up()


def test_a_late_writer_moves_no_units_to_a_shard_that_was_removed() -> None:
    shop = open_shop(40, shards=4)
    own, _, _, last = shop.level().parts
    shop.spreads(2)
    shop.shards.store.create_empty(own, last.shard, shop.now())  # also late

    movement = movement_between_shards(last.key, 5, "ada", shop.now())
    assert not shop.shards.store.move(own, own, last, movement)
    assert shop.level().on_hand == 40


# --- crashes


@pytest.mark.parametrize(("before", "after"), [(1, 4), (4, 7), (5, 1), (4, 2)])
def test_a_change_that_was_stopped_before_any_write_is_continued(before: int, after: int) -> None:
    number = 0
    while True:
        number += 1
        shop = open_shop(20, shards=before)
        held = shop.reserves(("P-1", 3))
        shop.meanwhile = stopped_before_write(number)
        try:
            shop.spreads(after)
        except Stopped:
            is_stopped = True
        else:
            is_stopped = False
        shop.meanwhile = None
        shop.adds_up()
        assert shop.level().on_hand == 20
        assert shop.reserves(("P-1", 17)).status is Status.HELD
        shop.cancels(held)
        assert shop.reserves(("P-1", 3)).status is Status.HELD  # what came back is found, wherever it is
        for reservation in shop.rows(shop.tables.reservations):
            shop.cancels(shop.reservation(reservation["reservation_id"]))
        if not is_stopped:
            break
        shop.shards.continue_all(shop.now())
        assert is_over(shop)
        assert shop.level().shards == (before if number == 1 else after)
        assert shop.level().available == 20
        shop.adds_up()
    assert number > 3


def test_a_change_that_only_had_to_be_ended_is_ended_by_the_same_call_again() -> None:
    shop = open_shop(40)
    shop.meanwhile = stopped_before_write(5)  # the new shard was written and counted, and has its units
    with pytest.raises(Stopped):
        shop.spreads(2)
    shop.meanwhile = None
    assert (shop.level().shards, shop.level().shards_wanted) == (2, 2)

    shop.spreads(2)

    assert is_over(shop)


def test_a_change_that_was_begun_is_continued_later_if_others_write_the_level() -> None:
    shop = open_shop(40)
    conflict = crowded(random.Random(0), 1)

    def others(operation: str, request: dict[str, Any]) -> None:
        if listed(shop):
            conflict(operation, request)

    shop.meanwhile = others
    level = shop.spreads(4)
    shop.meanwhile = None

    assert (level.shards, level.shards_wanted) == (4, 4)
    assert shop.shards.continue_all(shop.now()) == 0
    assert available(shop.level()) == [10, 10, 10, 10]
    assert is_over(shop)


@pytest.mark.parametrize(("seconds", "is_in_time"), [(SECONDS_MAX, True), (SECONDS_MAX + 0.1, False)])
def test_a_run_makes_no_step_after_its_time(monkeypatch: pytest.MonkeyPatch, seconds: float, is_in_time: bool) -> None:
    shop = open_shop(40)
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)

    def slow(operation: str, request: dict[str, Any]) -> None:
        nonlocal now
        if operation == "PutItem":  # the one new shard, in the first step
            now += seconds

    shop.meanwhile = slow
    assert shop.spreads(2).shards == 2
    shop.meanwhile = None

    assert is_over(shop) == is_in_time


def test_a_change_ends_although_sales_make_the_shards_uneven_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = open_shop(40)
    moves: list[int] = []

    def undone(store: ShardStore, own: Level, source: Level, target: Level, movement: Movement) -> bool:
        moves.append(movement.delta)
        return True

    monkeypatch.setattr(ShardStore, "move", undone)

    assert shop.spreads(3).shards == 3
    assert moves == [13] * 4  # one more than it has shards
    assert is_over(shop)


def test_a_level_without_units_is_spread_in_as_few_calls_as_possible() -> None:
    shop = open_shop(0)
    step = ["BatchGetItem", "BatchGetItem"]  # the own row, then the other shards

    made = shop.count(lambda: shop.spreads(3))

    assert made == [
        *("BatchGetItem", WRITE),  # named
        *("BatchGetItem", "PutItem", "PutItem", "UpdateItem", *step),  # written, counted, compared
        *(*step, WRITE),  # ended
        *(*step, *step),  # it is over
    ]


@pytest.mark.parametrize(("counter", "units"), [("reserved", 1), ("allocated", 1), ("available", -1)])
def test_a_shard_whose_counters_drifted_waits_for_its_repair(counter: str, units: int) -> None:
    shop = open_shop(0)
    has_shards(shop, 0, 0)
    [row] = [row for row in shop.rows(shop.tables.inventory) if is_of_shard(row)]
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row | {counter: units}))
    shop.spreads(1)

    one_reading = ["BatchGetItem", "BatchGetItem"]
    assert shop.count(lambda: shop.shards.continue_change(KEY, "ada", shop.now())) == one_reading
    assert shop.level().shards == 2


def test_a_level_of_which_another_tool_deleted_a_shard_is_spread_over_fewer_and_more() -> None:
    shop = open_shop(6)
    has_shards(shop, 3, 0, 3)
    for shard in (1, 2):
        deletes_row(shop, partition_of(KEY.of_shard(shard)))

    shop.shards.even_out(KEY, "ada", shop.now())

    assert shop.spreads(2).shards == 2
    assert available(shop.spreads(3)) == [2, 1]
    assert is_over(shop)


def test_what_is_listed_in_another_form_is_left_out() -> None:
    shop = open_shop(20)
    row = {"product_id": {"S": SHARD_CHANGES}, "warehouse_id": {"S": "x"}, "level": {"S": "P-1"}}
    shop.client.put_item(TableName=shop.tables.inventory, Item=row)

    assert shop.shards.continue_all(shop.now()) == 0


def with_two_changes_under_way() -> MemoryShop:
    """A shop in which the changes of two levels to four shards were stopped."""
    shop = open_shop(20)
    shop.stocks("P-2", on_hand=20)
    for product_id in ("P-1", "P-2"):
        shop.meanwhile = stopped_before_write(2)
        with pytest.raises(Stopped):
            shop.spreads(4, product_id)
    shop.meanwhile = None
    return shop


def test_one_level_that_cannot_be_continued_does_not_stop_the_others() -> None:
    shop = with_two_changes_under_way()
    key = {"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key=key,
        UpdateExpression="SET on_hand = :text",
        ExpressionAttributeValues={":text": {"S": "many"}},
    )

    assert shop.shards.continue_all(shop.now()) == 1
    assert shop.level("P-2").shards == 4


def test_one_level_that_others_write_all_the_time_does_not_stop_the_others() -> None:
    shop = with_two_changes_under_way()
    conflict = crowded(random.Random(0), 1)
    shop.meanwhile = lambda operation, request: conflict(operation, request) if "P-1" in str(request) else None

    assert shop.shards.continue_all(shop.now()) == 1
    shop.meanwhile = None

    assert available(shop.level("P-2")) == [5, 5, 5, 5]
    assert shop.shards.continue_all(shop.now()) == 0


def test_a_shard_with_less_than_nothing_leaves_that_to_the_level() -> None:
    shop = open_shop(3)
    has_shards(shop, 5, -2)  # after a drift

    assert available(shop.spreads(1)) == [3]
    shop.adds_up()


def test_a_level_that_was_deleted_during_its_change_is_listed_no_more() -> None:
    shop = open_shop(20)
    shop.meanwhile = stopped_before_write(2)
    with pytest.raises(Stopped):
        shop.spreads(4)
    shop.meanwhile = None
    key = {"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    shop.client.delete_item(TableName=shop.tables.inventory, Key=key)

    assert shop.shards.continue_all(shop.now()) == 0
    assert listed(shop) == []


def test_nothing_is_continued_without_time() -> None:
    shop = open_shop(20)
    shop.meanwhile = stopped_before_write(2)
    with pytest.raises(Stopped):
        shop.spreads(4)
    shop.meanwhile = None

    shop.shards.continue_all(shop.now(), has_time=lambda: False)

    assert shop.level().shards == 1


# --- while it sells


class Market:
    """Buyers who hold, pay and leave, between the calls of everybody else."""

    def __init__(self, shop: MemoryShop, seed: int) -> None:
        self.shop = shop
        self.chance = random.Random(seed)
        self.held: list[Reservation] = []
        self.refused: list[Reservation] = []
        self.numbers = [1, 2, 3, 5, 8]
        self.conflict = crowded(self.chance, 0.1)

    def meanwhile(self, operation: str, request: dict[str, Any]) -> None:
        if self.chance.random() < 0.15:
            self.act()
        self.conflict(operation, request)

    def act(self) -> None:
        try:
            match self.chance.choice(("buy", "buy", "buy", "leave", "pay", "spread", "continue")):
                case "buy":
                    self.buy()
                case "leave" if self.held:
                    self.shop.cancels(self.take())
                case "pay" if self.held:
                    paid = self.take()
                    self.shop.pays(paid)
                    self.shop.commits(paid)
                case "spread":
                    self.shop.spreads(self.chance.choice(self.numbers))
                case _:
                    self.shop.shards.continue_all(self.shop.now())
        except (TransientError, ShardsChanging):
            pass

    def take(self) -> Reservation:
        return self.held.pop(self.chance.randrange(len(self.held)))

    def buy(self) -> None:
        answer = self.shop.reserves(("P-1", self.chance.randint(1, 4)))
        (self.held if answer.status is Status.HELD else self.refused).append(answer)


@pytest.mark.parametrize("seed", range(12))
def test_a_level_that_grows_and_shrinks_while_it_sells_is_sold_to_the_last_unit(seed: int) -> None:
    shop = open_shop(60)
    market = Market(shop, seed)
    shop.meanwhile = market.meanwhile

    for _ in range(60):
        market.act()

    shop.meanwhile = None
    shop.adds_up()
    for hold in [shop.reservation(row["reservation_id"]) for row in shop.rows(shop.tables.reservations)]:
        if hold.status is Status.PAID:  # it was stopped by a conflict
            shop.commits(hold)
    shop.reconciles(later=timedelta(days=1))
    for _ in range(2):
        shop.shards.continue_all(shop.now())
    shop.adds_up()
    assert is_over(shop)
    assert shop.level().reserved == 0
    for refused in market.refused:
        assert all(short.available < short.requested for short in refused.shortages)
    left = shop.level().available
    assert left == shop.level().on_hand
    for _ in range(left):
        assert shop.reserves(("P-1", 1)).status is Status.HELD
    assert shop.reserves(("P-1", 1)).status is Status.REJECTED
    shop.adds_up()


def test_a_level_that_is_edited_while_it_grows_gives_its_settings_to_the_new_shards() -> None:
    shop = open_shop(20)
    writes = 0

    def edit(operation: str, request: dict[str, Any]) -> None:
        nonlocal writes
        writes += operation == "PutItem"
        if writes == 2:  # one empty shard was written
            writes += 1
            retired = Count("P-1", "main", "Mug", "kitchen", 20, 7, active=False)
            shop.stock_changes.count(retired, BY_HAND, shop.now())

    shop.meanwhile = edit
    shop.spreads(4)
    shop.meanwhile = None

    assert [(part.active, part.low_stock_threshold) for part in shop.level().parts] == [(False, 7)] * 4
