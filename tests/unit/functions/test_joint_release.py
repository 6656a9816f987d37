"""Expired holds are released together: what is left is what releasing them one by one leaves, whatever happens meanwhile."""

import itertools
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.aws.dynamodb import TRANSACTION_ACTIONS_MAX
from inventory.errors import AlreadyDecided
from inventory.model import Line, Reservation, Status
from inventory.reservations.joint_release import JointRelease, in_transactions
from tests.support.shop.drift import tampers
from tests.support.shop.in_memory import MemoryShop, Stopped, crowded, stopped_before_write
from tests.support.shop.spread import has_shards

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
HOLD = timedelta(seconds=600)
MINUTE = timedelta(minutes=1)
WRITES = ("TransactWriteItems", "UpdateItem", "PutItem", "DeleteItem")


@pytest.fixture(autouse=True)
def no_pauses_and_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("inventory.reconciliation.stranded_holds.WORKERS", 1)


def open_shop() -> MemoryShop:
    shop = MemoryShop()
    shop.now = lambda: NOON
    for product in ("P-1", "P-2", "P-3"):
        shop.stocks(product, on_hand=100)
    return shop


def holds(shop: MemoryShop, number: int = 5, **more: Any) -> list[Reservation]:
    """Holds of P-1 that expire ten minutes past noon."""
    return [shop.holds(("P-1", 1 + index % 3), hold_seconds=600, **more) for index in range(number)]


def left_of(shop: MemoryShop) -> dict[str, list[dict[str, Any]]]:
    """The rows of a shop, without how often the row of a customer was written."""
    tables = (shop.tables.inventory, shop.tables.reservations, shop.tables.movements, shop.tables.customers)
    return {
        table: sorted(
            ({name: value for name, value in row.items() if name != "changes"} for row in shop.rows(table)), key=str
        )
        for table in tables
    }


def statuses(shop: MemoryShop, reservations: Sequence[Reservation]) -> list[str]:
    return [shop.reservation(reservation).status.value for reservation in reservations]


def release_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JointRelease, "release", lambda *_: [])


# --- one transaction


def test_expired_holds_of_one_level_are_released_in_one_transaction() -> None:
    shop = open_shop()
    reservations = holds(shop, 5)

    calls = shop.count(lambda: shop.reconciles(later=HOLD))

    assert calls.count("TransactWriteItems") == 1
    assert statuses(shop, reservations) == ["RELEASED"] * 5
    assert (shop.level("P-1").available, shop.level("P-1").reserved) == (100, 0)
    shop.adds_up()


def test_the_next_run_signals_each_execution_that_waits() -> None:
    shop = open_shop()
    holds(shop, 5)
    shop.reserves(("P-1", 1), hold_seconds=600)  # its execution never waited

    assert shop.reconciles(later=HOLD) == {"stranded": 6, "released": 6}
    assert shop.reconciles(later=HOLD + MINUTE) == {"unnotified": 6, "signalled": 5}

    assert [reason for reason, _ in shop.signals.sent] == ["EXPIRED"] * 5
    assert shop.reconciles(later=HOLD + 2 * MINUTE) == {}


def test_a_customer_is_written_once_for_all_holds_that_end() -> None:
    shop = open_shop()
    holds(shop, 4, customer_id="C-1")
    shop.reserves(("P-2", 2), hold_seconds=60_000, customer_id="C-1")
    holds(shop, 1, customer_id="C-2")
    [before] = [row["changes"] for row in shop.rows(shop.tables.customers) if row["customer_id"] == "C-1"]

    shop.reconciles(later=HOLD)

    [after] = [row["changes"] for row in shop.rows(shop.tables.customers) if row["customer_id"] == "C-1"]
    assert (shop.held_by("C-1"), shop.held_by("C-2"), after - before) == ((1, 2), (0, 0), 1)
    shop.adds_up()


@given(carts=st.lists(st.tuples(st.sets(st.sampled_from("ABCDEF"), min_size=1), st.sampled_from([None, "C", "D"]))))
def test_a_transaction_has_at_most_100_actions_and_no_hold_is_left_out(
    carts: list[tuple[set[str], str | None]],
) -> None:
    reservations = [
        Reservation(
            f"R-{index}",
            Status.HELD,
            tuple(Line(f"{product}-{index // 7}", "main", 1) for product in sorted(products)),
            hold_seconds=600,
            created_at="2026-03-01T11:00:00.000Z",
            customer_id=customer and f"{customer}-{index}",
        )
        for index, (products, customer) in enumerate(carts * 20)
    ]

    together = list(in_transactions(reservations))

    assert [hold for holds in together for hold in holds] == reservations
    for group in together:
        levels = {holding.key for hold in group for holding in hold.holdings}
        customers = {hold.customer_id for hold in group} - {None}
        assert len(group) + len(levels) + len(customers) <= TRANSACTION_ACTIONS_MAX


# --- the same as one by one

carts = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["P-1", "P-2", "P-3"]), min_size=1, max_size=3, unique=True),
        st.integers(1, 3),
        st.sampled_from([None, "C-1", "C-2"]),
        st.sampled_from(["held", "paid", "extended", "cancelled", "never waited", "changed"]),
    ),
    min_size=1,
    max_size=12,
)


def with_carts(drawn: list[Any], *, shards: int) -> tuple[MemoryShop, list[Reservation]]:
    shop = open_shop()
    if shards > 1:
        shop.spreads(shards)
    made = []
    for products, quantity, customer, then in drawn:
        lines = [(product, quantity) for product in products]
        more = {"customer_id": customer} if customer else {}
        made.append(shop.reserves(*lines, hold_seconds=600, **more))
        if then != "never waited":
            shop.waits(made[-1])
        if then == "paid":
            shop.pays(made[-1])
        if then == "cancelled":
            shop.cancels(made[-1])
        if then == "extended":
            shop.now = lambda: NOON + HOLD / 2
            shop.extends(made[-1])
            shop.now = lambda: NOON
        if then == "changed":
            shop.changes(made[-1], *[(product, quantity + 1) for product in products])
    return shop, made


@settings(max_examples=60)
@given(drawn=carts, shards=st.sampled_from([1, 4]))
def test_what_is_left_is_what_one_by_one_leaves(drawn: list[Any], shards: int) -> None:
    together, _ = with_carts(drawn, shards=shards)
    found = together.reconciles(later=HOLD)
    with pytest.MonkeyPatch.context() as patch:
        release_one_by_one(patch)
        alone, _ = with_carts(drawn, shards=shards)
        assert alone.reconciles(later=HOLD) == found

    together.adds_up()
    alone.adds_up()
    if shards == 1:  # a random shard is held
        assert left_of(together)[together.tables.inventory] == left_of(alone)[alone.tables.inventory]
        assert left_of(together)[together.tables.customers] == left_of(alone)[alone.tables.customers]
        assert left_of(together)[together.tables.reservations] == left_of(alone)[alone.tables.reservations]


# --- what happens meanwhile


def test_a_run_that_crashes_before_any_write_is_completed_by_the_next_one() -> None:
    number = 1
    while True:
        shop = open_shop()
        reservations = [*holds(shop, 3, customer_id="C-1"), *holds(shop, 2)]
        shop.pays(reservations[1])
        shop.meanwhile = stopped_before_write(number)
        try:
            shop.reconciles(later=HOLD)
        except Stopped:
            shop.meanwhile = None
        else:
            break
        shop.reconciles(later=HOLD + MINUTE)
        assert statuses(shop, reservations) == ["RELEASED", "COMMITTED", "RELEASED", "RELEASED", "RELEASED"], number
        shop.adds_up()
        number += 1
    assert number > 2


def calls_of_a_run() -> int:
    shop = open_shop()
    holds(shop, 5, customer_id="C-1")
    return len(shop.count(lambda: shop.reconciles(later=HOLD)))


Happens = Callable[[MemoryShop, Reservation], object]


def extends(shop: MemoryShop, reservation: Reservation) -> None:
    shop.now = lambda: NOON + HOLD
    shop.extends(reservation)


@pytest.mark.parametrize(
    ("happens", "status"),
    [
        (MemoryShop.pays, {"PAID", "COMMITTED"}),
        (MemoryShop.cancels, {"RELEASED"}),
        (MemoryShop.times_out, {"RELEASED"}),
        (extends, {"HELD", "RELEASED"}),
        (lambda shop, _: shop.reconciles(later=HOLD), {"RELEASED"}),
        (lambda shop, reservation: shop.changes(reservation, ("P-1", 7)), {"RELEASED"}),
    ],
    ids=["paid", "cancelled", "timed out", "extended", "another run", "changed"],
)
def test_what_happens_to_one_hold_at_any_call_does_not_keep_the_others(happens: Happens, status: set[str]) -> None:
    for call in range(1, calls_of_a_run() + 1):
        shop = open_shop()
        reservations = holds(shop, 5, customer_id="C-1")
        calls = itertools.count(1)

        def at_this_call(operation: str, request: dict[str, Any]) -> None:
            if next(calls) == call:  # noqa: B023  # used before the next call of the loop
                with suppress(AlreadyDecided):
                    happens(shop, reservations[2])  # noqa: B023

        shop.meanwhile = at_this_call
        shop.reconciles(later=HOLD)
        shop.meanwhile = None

        found = statuses(shop, reservations)
        assert found.pop(2) in status, call
        assert found == ["RELEASED"] * 4, call
        shop.adds_up()


def test_a_paid_hold_among_them_costs_one_more_transaction() -> None:
    shop = open_shop()
    reservations = holds(shop, 20)
    paid = False

    def pay_once(operation: str, request: dict[str, Any]) -> None:
        nonlocal paid
        if operation == "TransactWriteItems" and not paid:
            paid = True
            shop.pays(reservations[7])

    shop.meanwhile = pay_once
    calls = shop.count(lambda: shop.reconciles(later=HOLD))

    # Together, again without the paid one, and the paid one alone.
    assert calls.count("TransactWriteItems") <= 4
    assert statuses(shop, reservations).count("RELEASED") == 19
    assert shop.reconciles(later=HOLD + MINUTE).get("committed", 0) <= 1
    shop.adds_up()


def test_a_level_without_the_units_of_all_holds_lets_those_end_that_it_has() -> None:
    shop = open_shop()
    holds(shop, 5)
    tampers(shop, reserved=-1)

    found = shop.reconciles(later=HOLD)

    assert found["released"] == 4
    assert found["failed"] == 1


def test_counts_that_are_no_numbers_keep_no_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = open_shop()
    reservations = [*holds(shop, 3, customer_id="C-1"), *holds(shop, 3, customer_id="C-2")]
    shop.client.put_item(
        TableName=shop.tables.customers, Item={"customer_id": {"S": "C-1"}, "active_holds": {"S": "three"}}
    )

    shop.reconciles(later=HOLD)

    assert statuses(shop, reservations) == ["RELEASED"] * 6
    assert shop.held_by("C-2") == (0, 0)


def test_a_level_that_was_deleted_is_created_again_and_its_holds_end() -> None:
    shop = open_shop()
    reservations = holds(shop, 4)
    shop.client.delete_item(
        TableName=shop.tables.inventory, Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    )

    found = shop.reconciles(later=HOLD)

    assert (found["released"], found["recreated"]) == (4, 1)
    assert statuses(shop, reservations) == ["RELEASED"] * 4


@pytest.mark.parametrize("seed", range(5))
def test_conflicts_with_other_writers_delay_it(seed: int) -> None:
    shop = open_shop()
    reservations = holds(shop, 6, customer_id="C-1")
    shop.meanwhile = crowded(random.Random(seed), 0.7)

    shop.reconciles(later=HOLD)
    shop.meanwhile = None

    assert statuses(shop, reservations) == ["RELEASED"] * 6
    shop.adds_up()


def test_holds_in_shards_of_a_level_end_together() -> None:
    shop = open_shop()
    has_shards(shop, *[10] * 4)
    reservations = [shop.holds(("P-1", 2), hold_seconds=600) for _ in range(15)]

    calls = shop.count(lambda: shop.reconciles(later=HOLD))

    assert calls.count("TransactWriteItems") <= 4
    assert statuses(shop, reservations) == ["RELEASED"] * 15
    shop.adds_up()
