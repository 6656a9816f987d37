"""Counter drift: what seems to differ is read twice with pauses, and only what differs alike both times is drift."""

from collections.abc import Callable
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.model import LevelKey
from inventory.reconciliation.counter_drift import PAUSE_SECONDS, READINGS_MAX, find_drift
from inventory.reconciliation.findings import CustomerDrift, Findings
from tests.support.fault_injection import hooked
from tests.support.shop import Shop
from tests.support.shop.drift import tampers

MAIN = LevelKey("P-1", "main")


@pytest.fixture(autouse=True)
def with_a_customer(shop: Shop) -> None:
    """A shop with one level, of which a customer holds three units."""
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), customer_id="C-1")


def compares(shop: Shop, *meanwhile: Callable[[], object]) -> tuple[Findings, int]:
    """Compare the books, with what happens in each of the pauses; the findings, and how many pauses there were."""
    actions = iter(meanwhile)
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        next(actions, nothing_happens)()

    found = find_drift(counters=shop.counter_store, stock=shop.stock_store, pause=pause)
    assert set(pauses) <= {PAUSE_SECONDS}
    return found, len(pauses)


def nothing_happens() -> None:
    """Nothing is written in a pause."""


def counts(shop: Shop, holds: int, units: int) -> None:
    """Let the customer be counted like this."""
    row = {"customer_id": "C-1", "active_holds": holds, "held_units": units}
    shop.client.put_item(TableName=shop.tables.customers, Item=to_attributes(row))


class Writer:
    """Writes the level and the row of the customer in the middle of each reading, while it is `busy`."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.busy = False

    def begins(self) -> None:
        self.busy = True

    def ends(self) -> None:
        self.busy = False

    def __call__(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if self.busy and model.name == "Query" and self._shop.tables.reservations in str(params["body"]):
            self._shop.cancels(self._shop.holds(("P-1", 1), customer_id="C-1"))


# --- how often something is read


def test_books_that_agree_are_read_once(shop: Shop) -> None:
    assert compares(shop) == (Findings((), checked=1, unsure=(), customers_checked=1), 0)


def test_a_level_and_a_customer_that_differ_are_read_twice_more(shop: Shop) -> None:
    tampers(shop, available=1)
    counts(shop, 2, 5)

    found, pauses = compares(shop)

    assert [drift.gaps for drift in found.drifts] == [(-1, 0, 0, 0)]
    assert [(drift.counted, drift.held) for drift in found.customers] == [((2, 5), (1, 3))]
    assert (found.unsure, found.customers_unsure, pauses) == ((), (), 2)


def test_a_level_that_agrees_at_the_first_reading_is_not_read_again(shop: Shop) -> None:
    tampers(shop, available=1)

    found, pauses = compares(shop, lambda: tampers(shop, available=-1))

    assert (found.agree, found.unopened, pauses) == (True, (), 1)


def test_a_customer_who_agrees_at_the_first_reading_is_not_read_again(shop: Shop) -> None:
    counts(shop, 2, 5)

    found, pauses = compares(shop, lambda: counts(shop, 1, 3))

    assert (found.agree, pauses) == (True, 1)


def test_what_is_written_during_one_reading_is_read_again_after_a_pause(shop: Shop) -> None:
    tampers(shop, available=1)
    counts(shop, 2, 5)
    writer = Writer(shop)

    with hooked(shop.client, "before-call", writer):
        found, pauses = compares(shop, writer.begins, writer.ends)

    assert (len(found.drifts), len(found.customers), pauses) == (1, 1, 3)


def test_what_is_written_during_every_second_reading_is_unsure(shop: Shop) -> None:
    tampers(shop, available=1)
    counts(shop, 2, 5)
    writer = Writer(shop)

    with hooked(shop.client, "before-call", writer):
        found, pauses = compares(shop, nothing_happens, writer.begins)

    assert (found.drifts, found.unsure) == ((), (MAIN,))
    assert (found.customers, found.customers_unsure) == ((), ("C-1",))
    assert pauses == 1 + READINGS_MAX


def test_a_customer_who_agrees_is_sure_while_another_differs(shop: Shop) -> None:
    shop.holds(("P-1", 1), customer_id="C-2")
    key = {"customer_id": {"S": "C-2"}}
    counts(shop, 2, 5)
    shop.client.delete_item(TableName=shop.tables.customers, Key=key)

    found, _ = compares(shop, lambda: counts(shop, 1, 3))

    assert [drift.customer_id for drift in found.customers] == ["C-2"]
    assert found.customers_unsure == ()


# --- two readings that differ


def test_what_differs_otherwise_at_the_second_reading_is_no_drift(shop: Shop) -> None:
    tampers(shop, available=1)
    counts(shop, 2, 5)

    def differs_otherwise() -> None:
        tampers(shop, available=1)
        counts(shop, 3, 5)

    found, _ = compares(shop, nothing_happens, differs_otherwise)

    assert found.agree


def test_an_oversold_level_that_is_filled_up_between_the_readings_is_no_drift(shop: Shop) -> None:
    def changes(units: int) -> None:
        """Change units together with their movements, so that only `available` may be wrong."""
        tampers(shop, on_hand=units, available=units)
        row = {"product_id": "P-1", "movement_id": f"changed {units}", "warehouse_id": "main", "delta": units}
        shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))

    changes(-8)

    found, pauses = compares(shop, nothing_happens, lambda: changes(+8))

    assert (found.agree, pauses) == (True, 2)


# --- levels that another tool wrote


def test_a_level_of_another_tool_that_is_sold_all_the_time_is_unsure(shop: Shop) -> None:
    shop.has_by_hand("P-2", on_hand=100)

    def sells(model: Any, **_: Any) -> None:
        if model.name == "Query":
            shop.adjusts(-1, "P-2")

    with hooked(shop.client, "before-call", sells):
        found, _ = compares(shop)

    assert (found.drifts, found.unopened) == ((), ())
    assert found.unsure == (LevelKey("P-2", "main"),)


def test_a_level_of_another_tool_that_loses_a_movement_meanwhile_is_drift(shop: Shop) -> None:
    shop.has_by_hand("P-2", on_hand=7)

    def happens() -> None:
        shop.adjusts(-1, "P-2")
        tampers(shop, "P-2", on_hand=2, available=2)

    found, _ = compares(shop, happens)

    assert [drift.gaps for drift in found.drifts] == [(0, 0, 9, 0)]
    assert found.unopened == ()


def test_a_level_whose_movements_add_up_to_nothing_is_not_taken_over(shop: Shop) -> None:
    shop.stocks("P-2", on_hand=0)
    tampers(shop, "P-2", on_hand=4, available=4)

    found, _ = compares(shop)

    assert [drift.gaps for drift in found.drifts] == [(0, 0, 4, 0)]
    assert found.unopened == ()


# --- time


def test_levels_whose_movements_there_was_no_time_to_read_are_not_compared(shop: Shop) -> None:
    tampers(shop, available=1)

    found = find_drift(
        counters=shop.counter_store, stock=shop.stock_store, pause=lambda seconds: None, has_time=lambda: False
    )

    assert found == Findings((), checked=0, unsure=(), customers_checked=1, is_complete=False)


def test_what_cannot_be_read_of_a_customer_differs_from_what_is_held(shop: Shop) -> None:
    row = {"customer_id": "C-1", "active_holds": "many", "held_units": 3}
    shop.client.put_item(TableName=shop.tables.customers, Item=to_attributes(row))

    found, pauses = compares(shop)

    assert found.customers == (CustomerDrift("C-1", row, None, (1, 3)),)
    assert ([wrong.key for wrong in found.unreadable], pauses) == (["C-1"], 2)
