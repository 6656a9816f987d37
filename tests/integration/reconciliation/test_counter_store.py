"""The four tables as the comparison reads them: exact sums, page by page, and only what there is time for."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.identifiers import of_our_own
from inventory.items import Unreadable
from inventory.model import Level, LevelKey
from inventory.reconciliation.counter_store import LedgerSums
from inventory.reconciliation.findings import LedgerSum
from tests.support.fault_injection import hooked, stale_index
from tests.support.shop import Shop

MAIN = LevelKey("P-1", "main")
NORTH = LevelKey("P-1", "north")


def has_always_time() -> bool:
    return True


def time_for(steps: int) -> Callable[[], bool]:
    """Time for this many segments and pages."""
    taken = itertools.count()
    return lambda: next(taken) < steps


def moves(shop: Shop, *movements: tuple[str, str, Any], warehouse_id: Any = "main") -> None:
    """Write movements: each a product, an id and the units."""
    for product_id, movement_id, delta in movements:
        row = {"product_id": product_id, "movement_id": movement_id, "warehouse_id": warehouse_id, "delta": delta}
        shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(row))


@contextmanager
def one_row_per_page(shop: Shop) -> Iterator[None]:
    """Let every scan answer one row at a time."""

    def limit(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name == "Scan":
            params["Limit"] = 1

    with hooked(shop.client, "before-parameter-build", limit):
        yield


class Seen:
    """The progress that was shown: of everything, the rows read so far."""

    def __init__(self) -> None:
        self.rows: dict[str, list[int]] = defaultdict(list)

    def __call__(self, what: str, rows: int) -> None:
        if rows not in self.rows[what]:
            self.rows[what].append(rows)


# --- movements


def test_the_movements_of_each_level_of_a_product_are_added_up(shop: Shop) -> None:
    moves(shop, ("P-1", "b", 5), ("P-1", "c", -2), ("P-2", "d", 9))
    moves(shop, ("P-1", "a", 1), warehouse_id="north")

    sums = shop.counter_store.moved([LevelKey("P-1", "main")])

    assert sums == LedgerSums({MAIN: LedgerSum(3, 2, "c"), NORTH: LedgerSum(1, 1, "a")}, [], {"P-1"}, 3)


def test_the_movements_of_suspects_are_read_strongly_consistent(shop: Shop) -> None:
    requests = []

    def note(params: dict[str, Any], **_: Any) -> None:
        requests.append(params)

    with hooked(shop.client, "before-parameter-build", note):
        shop.counter_store.moved([LevelKey("P-1", "main")])

    assert [request["ConsistentRead"] for request in requests] == [True]


def test_the_whole_ledger_is_the_sum_of_its_segments(shop: Shop) -> None:
    products = [f"P-{number}" for number in range(12)]
    moves(shop, *[(product, movement, units) for product in products for movement, units in (("a", 7), ("b", -3))])
    seen = Seen()

    sums = shop.counter_store.ledger(has_always_time, seen)

    of_level = {LevelKey(product, "main"): LedgerSum(4, 2, "b") for product in products}
    assert sums == LedgerSums(of_level, [], set(products), 24)
    assert sums.covers(LevelKey("without movements", "main"))
    assert seen.rows["movements"][-1] == 24


def test_a_movement_that_cannot_be_read_is_reported_once(shop: Shop) -> None:
    moves(shop, ("P-1", "a", "many"))
    moves(shop, ("P-1", "b", "many"), warehouse_id=5)
    moves(shop, ("P-2", "c", 5), warehouse_id=5)

    sums = shop.counter_store.ledger(has_always_time)

    assert dict(sums.of_level) == {MAIN: LedgerSum(0, 1, "a")}
    assert sorted(wrong.key for wrong in sums.unreadable) == ["P-1 5 b", "P-1 main a", "P-2 5 c"]
    assert sums.entries == 3


def test_what_is_kept_beside_the_movements_is_no_movement(shop: Shop) -> None:
    moves(shop, ("P-1", "a", 5), (of_our_own("batch", "B-1"), "000000001", 7))

    assert shop.counter_store.ledger(has_always_time) == LedgerSums({MAIN: LedgerSum(5, 1, "a")}, [], {"P-1"}, 1)


def test_only_products_in_segments_for_which_there_was_time_are_covered(shop: Shop) -> None:
    products = [f"P-{number}" for number in range(25)]
    moves(shop, *[(product, "a", 5) for product in products])

    sums = shop.counter_store.ledger(time_for(8))

    assert sums.partitions, "some were read"
    assert not sums.is_complete
    assert {product for product in products if sums.covers(LevelKey(product, "main"))} == sums.partitions
    assert dict(sums.of_level) == {LevelKey(product, "main"): LedgerSum(5, 1, "a") for product in sums.partitions}


@pytest.mark.parametrize("is_complete", [(False, True), (True, False)])
def test_a_ledger_with_one_incomplete_segment_is_incomplete(is_complete: tuple[bool, bool]) -> None:
    first, second = (LedgerSums(partitions={f"P-{part}"}, is_complete=part) for part in is_complete)

    first.merge(second)

    assert not first.is_complete
    assert first.partitions == {"P-False", "P-True"}


@pytest.fixture
def one_segment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ledger in one part, one movement at a time: three of each of two products."""
    monkeypatch.setattr("inventory.reconciliation.counter_store.SEGMENTS", 1)
    moves(shop, *[(product, movement, 1) for product in ("P-1", "P-2") for movement in "abc"])
    with one_row_per_page(shop):
        yield


@pytest.mark.usefixtures("one_segment")
def test_a_product_at_which_the_time_ends_is_left_out(shop: Shop) -> None:
    sums = shop.counter_store.ledger(time_for(5))

    [product_id] = sums.partitions
    assert dict(sums.of_level) == {LevelKey(product_id, "main"): LedgerSum(3, 3, "c")}
    assert not sums.is_complete


@pytest.mark.usefixtures("one_segment")
def test_no_product_is_left_out_if_the_time_ends_after_the_last_page(shop: Shop) -> None:
    pages = 0

    def count(model: Any, **_: Any) -> None:
        nonlocal pages
        pages += model.name == "Scan"

    with hooked(shop.client, "before-call", count):
        shop.counter_store.ledger(has_always_time)
    sums = shop.counter_store.ledger(time_for(pages))  # one is for the segment: none is left for its last page

    assert (sums.partitions, sums.entries, sums.is_complete) == ({"P-1", "P-2"}, 6, True)


# --- levels


def test_levels_are_read_page_by_page_beside_those_that_cannot_be_read(shop: Shop) -> None:
    levels = [shop.stocks("P-1"), shop.stocks("P-2")]
    row = {"product_id": "BAD", "warehouse_id": "main"}
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(row))
    seen = Seen()

    with one_row_per_page(shop):
        readable, unreadable = shop.counter_store.levels(seen)

    def by_key(level: Level) -> LevelKey:
        return level.key

    assert sorted(readable, key=by_key) == levels
    assert unreadable == [(LevelKey("BAD", "main"), Unreadable("BAD main", "KeyError('name')"))]
    assert seen.rows == {"levels": [1, 2, 3]}


# --- reservations and customers


def test_what_active_reservations_hold_is_added_up_for_each_level_and_customer(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.stocks("P-2")
    shop.holds(("P-1", 2), ("P-2", 1), customer_id="C-1")
    shop.holds(("P-1", 3), customer_id="C-1")
    shop.holds(("P-2", 4))
    shop.cancels(shop.holds(("P-2", 1), customer_id="C-2"))
    seen = Seen()

    held = shop.counter_store.held(seen)

    assert held.units == {MAIN: 5, LevelKey("P-2", "main"): 5}
    assert held.customers == {"C-1": (2, 6)}
    assert held.unreadable == []
    assert seen.rows == {"active reservations": [3]}


def test_a_sold_reservation_that_the_index_still_lists_holds_nothing(shop: Shop) -> None:
    shop.stocks("P-1")
    reservation = shop.holds(("P-1", 2), customer_id="C-1")
    [row] = shop.rows(shop.tables.reservations)
    shop.pays(reservation)
    shop.commits(reservation)

    with stale_index(shop.client, shop.tables.reservations, "by_phase", row):
        held = shop.counter_store.held()

    assert (held.units, held.customers, held.unreadable) == ({}, {}, [])


def test_the_counts_of_customers_are_read_page_by_page(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 2), customer_id="C-1")
    shop.holds(("P-1", 3), customer_id="C-2")
    seen = Seen()

    with one_row_per_page(shop):
        counts = shop.counter_store.customers(seen)

    assert counts == {"C-1": (1, 2), "C-2": (1, 3)}
    assert seen.rows == {"customers": [1, 2]}
    assert list(shop.counter_store.customer_rows(["C-2"])) == ["C-2"]
