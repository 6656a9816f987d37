"""`make reconcile`: lists the differences, writes only with --repair, and reports the result by its exit code."""

import pytest

from tests.support.shop import Shop
from tests.support.shop.drift import deletes_row, tampers
from tools.reconcile.__main__ import AGREES, DIFFERS, main
from tools.reconcile.account import Account


@pytest.fixture(autouse=True)
def deployed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the tables of the shop, without pauses between its readings."""
    account = Account(shop.counter_store, shop.stock_store, shop.repairs, "arn:aws:iam::123456789012:user/ada")
    monkeypatch.setattr(Account, "on_this_machine", lambda: account)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)
    shop.holds(("P-1", 3), ("P-2", 4))


def test_levels_that_agree_are_only_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--local"]) == AGREES
    printed = capsys.readouterr().out
    assert printed.endswith("The books agree: 2 levels and 0 customers, 0 differ, 0 not repaired.\n")


def test_differences_are_listed_and_nothing_is_written(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    tampers(shop, available=1)
    before = shop.level("P-1")

    assert main(["--local"]) == DIFFERS

    printed = capsys.readouterr().out
    assert "The books differ: 2 levels" in printed
    assert "P-1 in main: 10 on hand, but 8 available + 3 reserved\n" in printed
    assert "possible repair: reserved 3 -> 3, available 8 -> 7, movement +0\n" in printed
    assert shop.level("P-1") == before


def test_a_repair_corrects_the_counters_and_records_its_author(shop: Shop) -> None:
    tampers(shop, reserved=1, available=-1)

    assert main(["--local", "--repair", "--reason", "case 7"]) == AGREES

    [movement] = [row for row in shop.rows(shop.tables.movements) if row["kind"] == "RECONCILED"]
    assert movement["actor"] == "arn:aws:iam::123456789012:user/ada"
    assert movement["reason"] == "case 7 (reserved 4 -> 3, available 6 -> 7, movement +0)"
    shop.adds_up()


def test_a_level_that_cannot_be_repaired_is_listed_and_unchanged(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    tampers(shop, on_hand=-8, available=-8)

    assert main(["--local", "--repair", "--reason", "case 7"]) == DIFFERS

    assert "cannot be repaired: 3 are held of 2 on hand" in capsys.readouterr().out
    assert shop.level("P-1").on_hand == 2


def test_a_repair_without_a_reason_is_refused() -> None:
    with pytest.raises(SystemExit):
        main(["--local", "--repair", "--reason", " "])


def test_all_four_tables_are_reported_and_repaired(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.holds(("P-2", 1), customer_id="C-1")
    shop.has_by_hand("P-3", on_hand=7)
    deletes_row(shop)
    shop.client.delete_item(TableName=shop.tables.customers, Key={"customer_id": {"S": "C-1"}})

    assert main(["--local"]) == DIFFERS
    reported = capsys.readouterr().out
    assert main(["--local", "--repair", "--reason", "case 7"]) == AGREES
    assert main(["--local"]) == AGREES

    assert "P-1 in main: the level does not exist, but its reservations hold 3;" in reported
    assert (
        "possible repair: create it again, retired, with on hand 10, reserved 3, available 7, movement +0" in reported
    )
    assert "customer C-1: counted as 0 reservations with 0 units, but holds 1 with 1" in reported
    assert "P-3 in main: written by another tool with 7 on hand, and no movement says so yet" in reported
    assert reported.endswith('differ, 2 not repaired. Nothing was written. To repair, add: --repair --reason "…"\n')
    shop.adds_up()


def test_a_row_that_cannot_be_read_is_named_and_is_a_difference(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.client.put_item(
        TableName=shop.tables.inventory, Item={"product_id": {"S": "BAD"}, "warehouse_id": {"S": "main"}}
    )

    assert main(["--local", "--repair", "--reason", "case 7"]) == DIFFERS

    assert "a row cannot be read: BAD main: KeyError('name')" in capsys.readouterr().out
