"""The four books: levels, reservations, movements and customers agree, or the difference is found and can be repaired."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import TransientError
from inventory.model import LevelKey
from inventory.reconciliation.findings import CustomerDrift, Drift, Findings
from inventory.reconciliation.repairs import Repairs
from tests.support.fault_injection import hooked, just_before
from tests.support.handlers import Functions
from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row, tampers

HOLD = timedelta(seconds=900)
LINE = {"product_id": "P-1", "warehouse_id": "main", "quantity": 1}
HELD_BY_ANOTHER_TOOL = {"reservation_id": "R-0", "status": "HELD", "phase": "ACTIVE", "phase_at": "2026"}


def write(shop: Shop, table: str, **row: Any) -> None:
    """Write a row as another tool might."""
    shop.client.put_item(TableName=table, Item=to_attributes(row))


def sentences(findings: Findings) -> list[str]:
    """Every difference."""
    of_levels = [sentence for drift in findings.drifts for sentence in drift.differences()]
    return of_levels + [str(customer) for customer in findings.customers]


def repairs_everything(shop: Shop) -> None:
    """Repair every difference, after which there must be none."""
    found = shop.finds_drift()
    differing: list[Drift | CustomerDrift] = [*found.drifts, *found.customers]
    assert all(shop.repairs_drift(drift) for drift in differing)
    assert shop.finds_drift().agree


# --- levels without a row


def test_held_units_of_a_deleted_level_are_drift(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3))
    deletes_row(shop)

    assert sentences(shop.finds_drift()) == [
        "the level does not exist, but its reservations hold 3",
        "the level does not exist, but its movements add up to 10",
    ]


def test_a_deleted_level_of_which_units_are_held_is_created_again_and_not_for_sale(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    held = shop.holds(("P-1", 3))
    deletes_row(shop)

    repairs_everything(shop)

    level = shop.level("P-1")
    assert (level.on_hand, level.reserved, level.available, level.active) == (10, 3, 7, False)
    shop.times_out(held)
    shop.adds_up()


def test_a_level_is_created_with_at_least_what_is_held(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    shop.holds(("P-1", 3))
    deletes_row(shop)
    for row in shop.rows(shop.tables.movements):
        key = to_attributes({name: row[name] for name in ("product_id", "movement_id")})
        shop.client.delete_item(TableName=shop.tables.movements, Key=key)

    repairs_everything(shop)

    assert shop.level("P-1").on_hand == 3
    shop.adds_up()


def test_a_ledger_without_a_level_must_add_up_to_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=0)
    shop.deletes("P-2")
    deletes_row(shop)

    assert sentences(shop.finds_drift()) == ["the level does not exist, but its movements add up to 10"]

    repairs_everything(shop)
    assert shop.stock_store.levels([LevelKey("P-1", "main")]) == []


def test_two_operators_close_a_ledger_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    deletes_row(shop)
    [drift] = shop.finds_drift().drifts

    assert [shop.repairs_drift(drift), shop.repairs_drift(drift)] == [True, False]
    assert shop.finds_drift().agree


def test_a_ledger_is_not_closed_if_the_level_was_created_meanwhile(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    deletes_row(shop)
    [drift] = shop.finds_drift().drifts
    shop.stocks("P-1", on_hand=4)

    assert not shop.repairs_drift(drift)


# --- holds of a level without a row end


@pytest.mark.parametrize("is_paid", [True, False], ids=["paid", "expired"])
def test_a_hold_whose_level_was_deleted_ends(shop: Shop, is_paid: bool) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    reservation = shop.holds(("P-1", 3), ("P-2", 1), customer_id="C-1")
    if is_paid:
        shop.pays(reservation)
    deletes_row(shop)

    events = shop.reconciles(later=HOLD)

    level = shop.level("P-1")
    assert events["recreated"] == 1
    assert shop.reservation(reservation).status == ("COMMITTED" if is_paid else "RELEASED")
    assert (level.on_hand, level.reserved, level.active) == (7 if is_paid else 10, 0, False)
    assert shop.finds_drift().agree
    shop.adds_up()


def test_both_levels_of_a_hold_are_created_again(shop: Shop) -> None:
    for product in ("P-1", "P-2"):
        shop.stocks(product, on_hand=10)
    reservation = shop.holds(("P-1", 3), ("P-2", 1))
    for product in ("P-1", "P-2"):
        deletes_row(shop, product)

    assert shop.reconciles(later=HOLD)["recreated"] == 2

    assert shop.reservation(reservation).status == "RELEASED"
    shop.adds_up()


def test_other_holds_of_a_level_that_was_created_again_are_counted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    first, second = shop.holds(("P-1", 3)), shop.holds(("P-1", 2), hold_seconds=9_000)
    deletes_row(shop)
    shop.reconciles(later=HOLD)

    shop.cancels(second)

    assert shop.reservation(first).status == "RELEASED"
    assert (shop.level().on_hand, shop.level().reserved) == (10, 0)
    shop.adds_up()


# --- customers


def test_a_missing_row_of_a_customer_is_drift_and_is_repaired(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), customer_id="C-1")
    shop.client.delete_item(TableName=shop.tables.customers, Key={"customer_id": {"S": "C-1"}})

    assert sentences(shop.finds_drift()) == ["customer C-1: counted as 0 reservations with 0 units, but holds 1 with 3"]

    repairs_everything(shop)
    assert shop.held_by("C-1") == (1, 3)


def test_a_table_restored_to_an_older_second_is_repaired(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    first = shop.holds(("P-1", 1), customer_id="C-1")
    [restored] = shop.rows(shop.tables.customers)
    shop.holds(("P-1", 2), customer_id="C-1")
    shop.holds(("P-1", 1), customer_id="C-2")
    shop.times_out(first)
    shop.client.delete_item(TableName=shop.tables.customers, Key={"customer_id": {"S": "C-2"}})
    write(shop, shop.tables.customers, **restored)

    found = shop.finds_drift()

    assert [(drift.customer_id, drift.counted, drift.held) for drift in found.customers] == [
        ("C-1", (1, 1), (1, 2)),
        ("C-2", (0, 0), (1, 1)),
    ]
    repairs_everything(shop)
    shop.adds_up()


def test_a_customer_without_reservations_must_be_counted_as_nothing(shop: Shop) -> None:
    write(shop, shop.tables.customers, customer_id="C-1", active_holds=2, held_units=5)

    repairs_everything(shop)

    assert shop.held_by("C-1") == (0, 0)


def test_counts_that_are_no_numbers_are_repaired(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), customer_id="C-1")
    write(shop, shop.tables.customers, customer_id="C-1", active_holds="one", held_units=3)

    found = shop.finds_drift()

    assert [str(row) for row in found.unreadable] == [
        "C-1: ValueError(\"active_holds is 'one', not a whole number of at most 38 digits\")"
    ]
    repairs_everything(shop)
    assert shop.held_by("C-1") == (1, 3)


def test_counts_that_are_no_numbers_stop_no_sale_and_no_release(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    sold, released = (shop.holds(("P-1", 2), customer_id="C-1") for _ in range(2))
    write(shop, shop.tables.customers, customer_id="C-1", active_holds="two", held_units=[4], changes="x")

    shop.pays(sold)
    shop.commits(sold)
    shop.cancels(released)

    assert (shop.reservation(sold).status, shop.reservation(released).status) == ("COMMITTED", "RELEASED")
    repairs_everything(shop)
    shop.adds_up()


def test_a_repair_of_a_customer_is_not_made_if_they_hold_something_else_by_then(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), customer_id="C-1")
    write(shop, shop.tables.customers, customer_id="C-1", active_holds=2, held_units=9, changes=7)
    [drift] = shop.finds_drift().customers
    one_more = shop.holds(("P-1", 1), customer_id="C-1")
    shop.cancels(one_more)  # the counts are as they were, but the row was written

    assert not shop.repairs_drift(drift)

    repairs_everything(shop)


def test_holds_that_begin_and_end_while_a_customer_is_compared_are_no_drift(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)
    shop.holds(("P-1", 1), customer_id="C-1")

    def checkout() -> None:
        shop.cancels(shop.holds(("P-1", 1), customer_id="C-1"))
        shop.holds(("P-1", 1), customer_id="C-1")

    with just_before(shop.client, "Query", checkout):
        found = shop.finds_drift(meanwhile=checkout)

    assert (found.customers, found.customers_unsure) == ((), ())


def test_a_customer_who_buys_during_every_reading_is_unsure(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=100)
    write(shop, shop.tables.customers, customer_id="C-1", active_holds=2, held_units=2)

    def buys(model: Any, **_: Any) -> None:
        if model.name == "Query":
            shop.cancels(shop.holds(("P-1", 1), customer_id="C-1"))

    with hooked(shop.client, "before-call", buys):
        found = shop.finds_drift()

    assert (found.customers, found.customers_unsure) == ((), ("C-1",))


# --- levels that another tool wrote


def test_a_level_written_by_hand_is_taken_over_by_the_first_comparison(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7)

    first = shop.finds_drift()

    assert first.agree
    assert shop.takes_over(first) == [True]
    [movement] = shop.rows(shop.tables.movements)
    assert (movement["kind"], movement["delta"], movement["actor"]) == ("RECONCILED", 7, "reconciliation")
    assert shop.finds_drift().unopened == ()
    shop.adds_up()


def test_a_sale_before_the_take_over_is_written_does_not_matter(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7)

    found = shop.finds_drift(meanwhile=lambda: shop.sells(("P-1", 1)))
    shop.sells(("P-1", 1))
    shop.takes_over(found)

    assert shop.finds_drift().agree
    shop.adds_up()


def test_two_comparisons_take_a_level_over_once(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7)
    found, later = shop.finds_drift(), shop.finds_drift()

    assert (shop.takes_over(found), shop.takes_over(later)) == ([True], [False])
    shop.adds_up()


def test_a_level_written_by_hand_with_wrong_counters_is_drift(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=7)
    tampers(shop, reserved=2)

    found = shop.finds_drift()

    assert (len(found.drifts), found.unopened) == (1, ())


def test_a_level_without_units_needs_no_take_over(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=0)

    assert shop.finds_drift().unopened == ()


# --- rows that cannot be read


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("inventory", {"product_id": "X", "warehouse_id": "main"}),
        ("movements", {"product_id": "X", "movement_id": "x", "warehouse_id": "main", "delta": "many"}),
        ("movements", {"product_id": "X", "movement_id": "x", "warehouse_id": 5, "delta": 0}),
        ("movements", {"product_id": "X", "movement_id": "x", "warehouse_id": "main", "delta": Decimal("0.5")}),
        ("customers", {"customer_id": "X", "active_holds": ["1"], "held_units": 0}),
        ("reservations", {"reservation_id": "X", "phase": "ACTIVE", "phase_at": "2026", "status": ["HELD"]}),
        ("reservations", {"reservation_id": "X", "phase": "ACTIVE", "phase_at": "2026", "status": "COMMITTED"}),
    ],
    ids=lambda value: str(value),
)
def test_a_row_that_cannot_be_read_is_reported_beside_the_others(shop: Shop, table: str, row: dict[str, Any]) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3), customer_id="C-1")
    tampers(shop, available=1)
    write(shop, getattr(shop.tables, table), **row)

    found = shop.finds_drift()

    assert [str(unreadable).split()[0].rstrip(":") for unreadable in found.unreadable] == ["X"]
    assert "P-1" in [drift.level.product_id for drift in found.drifts]


def test_the_function_measures_all_four_books(
    shop: Shop, functions: Functions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 3))
    deletes_row(shop)
    write(shop, shop.tables.customers, customer_id="C-1", active_holds=2, held_units=5)
    write(shop, shop.tables.inventory, product_id="X", warehouse_id="main")
    shop.has_by_hand("P-2", on_hand=7)
    functions.serve(shop)

    assert functions.invoke("reconcile_counters", {}) == {
        "drifted": 1,
        "checked": 1,
        "unsure": 0,
        "customers_drifted": 1,
        "customers_checked": 1,
        "unreadable": 1,
        "taken_over": 1,
    }

    printed = capsys.readouterr().out.replace(" ", "")
    assert all(f'"{name}":[1.0]' in printed for name in ("StockDrift", "CustomerDrift", "UnreadableRows"))


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("movements", {"product_id": "P-1", "movement_id": "2026", "warehouse_id": "", "delta": 1}),
        ("reservations", HELD_BY_ANOTHER_TOOL | {"lines": [LINE | {"product_id": ""}]}),
        ("reservations", HELD_BY_ANOTHER_TOOL | {"lines": [LINE | {"warehouse_id": "w" * 1_025}]}),
        ("reservations", HELD_BY_ANOTHER_TOOL | {"lines": [LINE], "customer_id": ""}),
    ],
)
def test_a_text_that_cannot_be_a_key_stops_no_comparison(shop: Shop, table: str, row: dict[str, Any]) -> None:
    shop.stocks("P-1", on_hand=10)
    tampers(shop, available=-1)
    shop.client.put_item(TableName=getattr(shop.tables, table), Item=to_attributes(row))

    found = shop.finds_drift()

    assert [drift.level.product_id for drift in found.drifts] == ["P-1"]
    assert len(found.unreadable) == 1


def test_a_level_that_is_too_busy_to_be_taken_over_does_not_lose_the_figures(
    shop: Shop, functions: Functions, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.has_by_hand("P-1", on_hand=4)
    functions.serve(shop)
    monkeypatch.setattr("time.sleep", lambda seconds: None)

    def is_busy(*_: object) -> bool:
        raise TransientError("busy")

    monkeypatch.setattr(Repairs, "take_over", is_busy)

    assert functions.invoke("reconcile_counters", {})["taken_over"] == 0
    assert '"LevelsChecked":[1.0]' in capsys.readouterr().out.replace(" ", "")
