"""The scheduled comparison: it reads what changed, finds what the whole comparison finds, and verifies everything in a month."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.model import LevelKey
from inventory.reconciliation.findings import Findings, Keys
from inventory.reconciliation.incremental.changes import ChangedKeys
from inventory.reconciliation.incremental.checkpoints import Checkpoints
from inventory.reconciliation.incremental.comparison import Comparison
from inventory.reconciliation.incremental.ledger import MOVEMENTS_MIN
from inventory.reconciliation.incremental.slices import SLICES, slices_due
from inventory.reconciliation.incremental.state import UNSETTLED_MAX, ComparisonState, ComparisonStates
from inventory.reconciliation.repairs import Author
from tests.support.read_model.changed_keys import NotedChanges
from tests.support.shop.drift import deletes_row, tampers
from tests.support.shop.in_memory import MemoryShop, Stopped

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
HOUR = timedelta(hours=1)
PRODUCTS = [f"P-{number}" for number in range(1, 6)]


class ComparedShop(MemoryShop):
    """A shop whose changes are noted, and whose books are compared every hour."""

    def __init__(self) -> None:
        super().__init__()
        self.hour = 0
        self.now = lambda: NOON + self.hour * HOUR
        for product in PRODUCTS:
            self.stocks(product, on_hand=100)
        self.noted = NotedChanges(self)
        self.checkpoints = Checkpoints(self.client, self.tables)
        self.states = ComparisonStates(self.client, self.tables)

    def compares(self, *, has_time: Callable[[], bool] = lambda: True, is_followed: bool = True) -> Findings:
        """The comparison of the next hour."""
        self.hour += 1
        if is_followed:
            self.noted.follows(self.now())
        files: Any = self.noted.files
        return Comparison(
            self.counter_store,
            self.stock_store,
            self.checkpoints,
            ChangedKeys(self.noted.manifests, files),
            self.states,
            lambda seconds: None,
            has_time,
        ).run(self.now())

    def notes(self, *products: str, customers: tuple[str, ...] = ()) -> str:
        return self.noted.notes(*[(product, "main") for product in products], customers=customers, now=self.now())

    def sells_often(self, product: str = "P-1", times: int = MOVEMENTS_MIN + 5) -> None:
        """So many movements that a checkpoint is due."""
        for _ in range(times):
            self.adjusts(1, product)

    def until_everything_is_verified(self) -> list[Findings]:
        return [self.compares() for _ in range(SLICES)]


@pytest.fixture
def shop() -> ComparedShop:
    shop = ComparedShop()
    shop.compares()  # the first one reads everything
    return shop


def drifted(findings: Findings) -> set[str]:
    return {drift.level.product_id for drift in findings.drifts}


def calls_of(shop: ComparedShop) -> list[str]:
    return shop.count(shop.compares)


# --- what changed


def test_the_first_comparison_reads_everything() -> None:
    shop = ComparedShop()
    tampers(shop, "P-3", on_hand=1, available=1)

    assert drifted(shop.compares()) == {"P-3"}


def test_without_changes_only_a_slice_is_read(shop: ComparedShop) -> None:
    found = shop.compares()

    assert found.agree
    assert found.checked < len(PRODUCTS)


@pytest.mark.parametrize(
    "figures", [{"available": 1}, {"reserved": 2, "available": -2}, {"on_hand": 3, "available": 3}]
)
def test_drift_of_a_level_that_changed_is_found_by_the_next_comparison(
    shop: ComparedShop, figures: dict[str, int]
) -> None:
    tampers(shop, "P-2", **figures)
    shop.notes("P-2", "P-4")

    assert drifted(shop.compares()) == {"P-2"}


def test_drift_is_reported_until_it_is_repaired(shop: ComparedShop) -> None:
    tampers(shop, "P-2", available=1)
    shop.notes("P-2")

    [drift] = shop.compares().drifts
    assert drifted(shop.compares()) == {"P-2"}
    shop.repairs_drift(drift)

    assert shop.compares().agree
    assert shop.states.read().unsettled == Keys()


def test_the_levels_of_active_reservations_are_compared_each_time(shop: ComparedShop) -> None:
    reservation = shop.holds(("P-3", 2), hold_seconds=86_400)
    shop.compares()
    row = next(row for row in shop.rows(shop.tables.reservations))
    row["lines"][0]["quantity"] += 1
    shop.client.put_item(TableName=shop.tables.reservations, Item=to_attributes(row))

    assert drifted(shop.compares()) == {"P-3"}, reservation


def test_a_customer_who_changed_is_compared(shop: ComparedShop) -> None:
    shop.client.put_item(
        TableName=shop.tables.customers,
        Item=to_attributes({"customer_id": "C-1", "active_holds": 1, "held_units": 2, "changes": 3}),
    )
    shop.notes(customers=("C-1",))

    assert [drift.customer_id for drift in shop.compares().customers] == ["C-1"]


def test_a_row_that_cannot_be_read_is_reported_until_it_can(shop: ComparedShop) -> None:
    level = next(row for row in shop.rows(shop.tables.inventory) if row["product_id"] == "P-2")
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level | {"on_hand": "many"}))
    shop.notes("P-2")

    assert [len(shop.compares().unreadable) for _ in range(2)] == [1, 1]
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(level))

    assert shop.compares().agree


def test_a_movement_that_cannot_be_read_is_reported_until_it_can(shop: ComparedShop) -> None:
    shop.sells_often()
    movement = next(row for row in shop.rows(shop.tables.movements) if row["product_id"] == "P-1")
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(movement | {"delta": "some"}))
    shop.notes("P-1")

    assert [len(shop.compares().unreadable) for _ in range(2)] == [1, 1]
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(movement))

    shop.compares()
    assert shop.compares().agree


def test_a_level_that_another_tool_wrote_is_taken_over(shop: ComparedShop) -> None:
    shop.has_by_hand("HAND-1", on_hand=7)
    shop.notes("HAND-1")

    found = shop.compares()

    assert [drift.level.product_id for drift in found.unopened] == ["HAND-1"]
    assert shop.takes_over(found) == [True]
    assert shop.compares().agree


def test_a_level_that_is_taken_over_beside_one_with_a_checkpoint_is_no_drift(shop: ComparedShop) -> None:
    shop.sells_often()
    shop.notes("P-1")
    shop.compares()
    row = next(row for row in shop.rows(shop.tables.inventory) if row["product_id"] == "P-1")
    by_hand = row | {"warehouse_id": "north", "on_hand": 5, "available": 5}
    shop.client.put_item(TableName=shop.tables.inventory, Item=to_attributes(by_hand))
    shop.noted.notes(("P-1", "north"), now=shop.now())

    found = shop.compares()
    assert shop.takes_over(found) == [True]  # its movement comes before all others of the product
    shop.noted.notes(("P-1", "north"), now=shop.now())

    assert shop.compares().agree
    assert shop.compares().agree


def test_the_shards_of_a_level_that_changed_are_compared(shop: ComparedShop) -> None:
    shop.spreads(4, "P-2")
    shard = next(
        row
        for row in shop.rows(shop.tables.inventory)
        if row["product_id"].endswith("P-2") and len(row["product_id"]) > 3
    )
    shop.client.put_item(
        TableName=shop.tables.inventory, Item=to_attributes(shard | {"available": shard["available"] + 1})
    )
    shop.notes("P-2")

    assert drifted(shop.compares()) == {"P-2"}


def test_a_level_that_was_deleted_while_it_is_held_is_found(shop: ComparedShop) -> None:
    shop.holds(("P-2", 1), hold_seconds=86_400)
    deletes_row(shop, "P-2")
    shop.notes("P-2")

    assert drifted(shop.compares()) == {"P-2"}


# --- without knowing what changed


def test_everything_is_compared_if_a_file_is_missing(shop: ComparedShop) -> None:
    tampers(shop, "P-2", available=1)
    name = shop.notes("P-2")
    shop.notes("P-4")
    del shop.noted.files.content[name]

    assert drifted(shop.compares()) == {"P-2"}


def test_everything_is_compared_while_the_read_model_is_stale(shop: ComparedShop) -> None:
    tampers(shop, "P-2", available=1)

    assert drifted(shop.compares(is_followed=False)) == {"P-2"}


def test_everything_is_compared_if_the_read_model_was_made_anew(shop: ComparedShop) -> None:
    shop.notes("P-4")
    shop.compares()
    shop.noted.merged = -1
    shop.noted.notes(now=shop.now())
    tampers(shop, "P-2", available=1)

    assert drifted(shop.compares()) == {"P-2"}


@pytest.mark.parametrize("content", [b"no file", b"", b"\x78\x9c"])
def test_everything_is_compared_if_a_file_cannot_be_read(shop: ComparedShop, content: bytes) -> None:
    tampers(shop, "P-2", available=1)
    shop.noted.files.content[shop.notes("P-4")] = content

    assert drifted(shop.compares()) == {"P-2"}


def test_everything_is_compared_if_nobody_knows_what_was(shop: ComparedShop) -> None:
    for row in shop.rows(shop.tables.ledger_checkpoints):
        shop.client.delete_item(
            TableName=shop.tables.ledger_checkpoints, Key=to_attributes({"partition": row["partition"]})
        )
    tampers(shop, "P-2", available=1)

    assert drifted(shop.compares()) == {"P-2"}


def test_files_that_overlap_are_harmless(shop: ComparedShop) -> None:
    shop.noted.files.content["changed/1-1"] = shop.noted.files.content[shop.notes("P-4")]  # its merge was stopped
    shop.noted.merged = 0
    tampers(shop, "P-2", available=1)
    shop.noted.notes(("P-2", "main"), now=shop.now(), generations=3)

    assert drifted(shop.compares()) == {"P-2"}
    assert shop.states.read().generation == 3


def test_what_changes_during_a_whole_comparison_is_compared_by_the_next_one(shop: ComparedShop) -> None:
    shop.notes("P-4")
    shop.compares(is_followed=False)
    tampers(shop, "P-2", available=1)
    shop.notes("P-2")

    assert drifted(shop.compares()) == {"P-2"}


def test_too_many_drifts_to_remember_are_all_found_again(shop: ComparedShop) -> None:
    state = ComparisonState(
        3, 7, Keys(frozenset(LevelKey(f"P-{number}", "main") for number in range(UNSETTLED_MAX + 1)))
    )

    shop.states.write(state)

    assert shop.states.read().generation in (None, 0)


# --- checkpoints


def test_a_ledger_is_read_from_its_checkpoint_on(shop: ComparedShop) -> None:
    shop.sells_often(times=MOVEMENTS_MIN * 3)
    shop.notes("P-1")
    shop.compares()
    shop.adjusts(-1, "P-1")
    shop.notes("P-1")
    read: list[int] = []
    answer = shop.answer

    def count(operation: str, request: dict[str, Any]) -> Any:
        found = answer(operation, request)
        if operation == "Query" and request["TableName"] == shop.tables.movements:
            read.append(len(found["Items"]))
        return found

    shop.answer = count

    assert shop.compares().agree
    assert read == [1]


def test_movements_of_the_last_minutes_are_in_no_checkpoint(shop: ComparedShop) -> None:
    shop.hour += 1
    shop.sells_often()
    shop.hour -= 1
    shop.notes("P-1")
    shop.compares()

    assert shop.checkpoints.read(["P-1"]) == {}
    shop.notes("P-1")
    shop.compares()
    assert shop.checkpoints.read(["P-1"]).keys() == {"P-1"}


def falsified(shop: ComparedShop, product: str = "P-1", units: int = 5) -> None:
    """A checkpoint of which somebody changed the sum."""
    shop.sells_often(product)
    shop.notes(product)
    shop.compares()
    [row] = [row for row in shop.rows(shop.tables.ledger_checkpoints) if row["partition"] == product]
    sums = row["sums"].split(",")
    sums[1] = str(int(sums[1]) + units)
    shop.client.put_item(TableName=shop.tables.ledger_checkpoints, Item=to_attributes(row | {"sums": ",".join(sums)}))


def test_a_wrong_checkpoint_of_a_level_that_changed_is_no_drift_and_is_deleted(shop: ComparedShop) -> None:
    falsified(shop)
    shop.notes("P-1")

    assert shop.compares().agree
    assert shop.checkpoints.read(["P-1"]) == {}
    shop.notes("P-1")
    assert shop.compares().agree


def test_a_checkpoint_that_hides_a_drift_is_found_within_a_month(shop: ComparedShop) -> None:
    falsified(shop, units=5)
    tampers(shop, "P-1", on_hand=5, available=5)
    shop.notes("P-1")
    assert shop.compares().agree, "the checkpoint hides it"

    found = shop.until_everything_is_verified()

    assert "P-1" in {product for findings in found for product in drifted(findings)}
    assert drifted(shop.compares()) == {"P-1"}


@pytest.mark.parametrize("row", [{"sums": "none"}, {"sums": "[[1]]"}, {"last_movement_id": 7}, {"sums": 7}])
def test_a_checkpoint_that_cannot_be_read_is_made_again(shop: ComparedShop, row: dict[str, Any]) -> None:
    falsified(shop)
    [stored] = [row for row in shop.rows(shop.tables.ledger_checkpoints) if row["partition"] == "P-1"]
    shop.client.put_item(TableName=shop.tables.ledger_checkpoints, Item=to_attributes(stored | row))
    shop.notes("P-1")

    assert shop.compares().agree
    shop.notes("P-1")
    assert shop.compares().agree
    assert shop.checkpoints.read(["P-1"]).keys() == {"P-1"}


def test_a_checkpoint_that_another_run_has_written_is_kept(shop: ComparedShop) -> None:
    falsified(shop, units=0)
    [known] = shop.checkpoints.read(["P-1"]).values()
    later = type(known)(known.partition, known.until + "9", known.sums)

    shop.checkpoints.write(later, None)
    shop.checkpoints.write(later, later)

    assert shop.checkpoints.read(["P-1"]) == {"P-1": known}


# --- slices


def test_every_level_customer_and_ledger_is_verified_within_a_month(shop: ComparedShop) -> None:
    tampers(shop, "P-5", available=1)
    shop.client.put_item(
        TableName=shop.tables.customers,
        Item=to_attributes({"customer_id": "C-1", "active_holds": 1, "held_units": 2, "changes": 3}),
    )
    shop.stocks("GONE", on_hand=3)
    deletes_row(shop, "GONE")  # its movements are left

    found = shop.until_everything_is_verified()

    assert {product for findings in found for product in drifted(findings)} == {"P-5", "GONE"}
    assert {drift.customer_id for findings in found for drift in findings.customers} == {"C-1"}


@pytest.mark.parametrize(
    ("last", "due"),
    [(None, [8]), (8, []), (7, [8]), (5, [6, 7, 8]), (9, [8])],
)
def test_the_slices_of_the_hours_that_have_passed_are_due(last: int | None, due: list[int]) -> None:
    now = datetime.fromisoformat("1970-01-01T08:59:59Z")

    assert list(slices_due(last, now)) == due


def test_slices_that_were_not_verified_for_long_are_verified_by_several_runs() -> None:
    now = NOON
    last, seen = slices_due(None, now)[0] - 2 * SLICES, set()
    for _ in range(SLICES):
        due = slices_due(last, now)
        if not due:
            break
        seen |= {number % SLICES for number in due}
        last = due[-1]

    assert len(seen) == SLICES


# --- stopped, and two at once


def test_a_comparison_without_time_repeats_what_it_did_not_compare(shop: ComparedShop) -> None:
    tampers(shop, "P-2", available=1)
    shop.notes("P-2")

    shop.compares(has_time=lambda: False)

    assert drifted(shop.compares()) == {"P-2"}


def test_a_comparison_that_crashes_at_any_call_is_repeated(shop: ComparedShop) -> None:
    number = 0
    while True:
        number += 1
        shop = ComparedShop()
        shop.compares()
        shop.sells_often()
        tampers(shop, "P-2", available=1)
        shop.notes("P-1", "P-2")
        made = 0

        def stop(operation: str, request: dict[str, Any]) -> None:
            nonlocal made
            made += 1
            if made == number:  # noqa: B023  # used before the loop goes on
                raise Stopped

        shop.meanwhile = stop
        try:
            shop.compares()
        except Stopped:
            shop.meanwhile = None
            assert drifted(shop.compares()) == {"P-2"}, number
        else:
            break
    assert number > 5


def test_of_two_comparisons_at_once_none_forgets_what_the_other_found(shop: ComparedShop) -> None:
    tampers(shop, "P-2", available=1)
    shop.notes("P-2")

    def another(operation: str, request: dict[str, Any]) -> None:
        if operation == "PutItem" and request["TableName"] == shop.tables.ledger_checkpoints:
            shop.meanwhile = None
            shop.hour -= 1
            shop.compares()

    shop.meanwhile = another
    assert drifted(shop.compares()) == {"P-2"}

    assert drifted(shop.compares()) == {"P-2"}


def test_sales_during_the_comparison_are_no_drift(shop: ComparedShop) -> None:
    shop.sells_often()
    shop.notes("P-1", "P-2")
    sold = 0

    def sell(operation: str, request: dict[str, Any]) -> None:
        nonlocal sold
        if sold < 20:
            sold += 1
            shop.sells(("P-1", 1))

    shop.meanwhile = sell
    found = shop.compares()
    shop.meanwhile = None

    assert found.drifts == ()
    assert shop.compares().agree


def test_repairs_are_seen_beside_checkpoints(shop: ComparedShop) -> None:
    shop.sells_often()
    shop.notes("P-1")
    shop.compares()
    tampers(shop, "P-1", on_hand=-3, available=-3)
    shop.notes("P-1")

    [drift] = shop.compares().drifts
    assert shop.repairs.repair_level(drift, Author("ada", "counted", shop.now()))

    assert shop.compares().agree
