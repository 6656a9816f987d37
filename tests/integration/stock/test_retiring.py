"""Retiring and deleting levels: nothing is sold from them, what is held ends as it would, and the ledger adds up."""

import pytest

from inventory.errors import LevelNotFound, NotEmpty, VersionConflict
from inventory.model import LevelKey
from tests.support.fault_injection import just_before, lost_responses
from tests.support.shop import Shop, at_once
from tests.support.shop.drift import tampers

KEY = LevelKey("P-1", "main")


def ledger(shop: Shop, product_id: str = "P-1") -> list[tuple[str, int]]:
    """The kind and delta of a product's movements, in order."""
    movements = [row for row in shop.rows(shop.tables.movements) if row["product_id"] == product_id]
    return [(row["kind"], int(row["delta"])) for row in sorted(movements, key=lambda row: str(row["movement_id"]))]


# --- retiring


def test_a_hold_of_a_retired_level_is_short_with_nothing_available(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.retires("P-1")

    refused = shop.reserves(("P-1", 2))

    assert refused.status == "REJECTED"
    assert [shortage.available for shortage in refused.shortages] == [0]
    shop.adds_up()


def test_a_level_that_is_brought_back_is_sold_again(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.retires("P-1")

    shop.retires("P-1", active=True)
    shop.sells(("P-1", 2))

    assert shop.level("P-1").on_hand == 8
    assert "active" not in shop.rows(shop.tables.inventory)[0], "a row without the attribute is active"
    shop.adds_up()


def test_holds_of_a_retired_level_end_as_they_would(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    paid, expired, cancelled = (shop.holds(("P-1", 2)) for _ in range(3))
    shop.retires("P-1")

    shop.pays(paid)
    shop.commits(paid)
    shop.times_out(expired)
    shop.cancels(cancelled)

    level = shop.level("P-1")
    assert (level.on_hand, level.reserved, level.active) == (8, 0, False)
    shop.adds_up()


def test_a_late_payment_is_not_rescued_from_a_retired_level(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    reservation = shop.holds(("P-1", 2))
    shop.times_out(reservation)
    shop.retires("P-1")

    late = shop.pays(reservation)

    assert (late.reservation.status, late.fulfilled) == ("UNFULFILLED", False)
    shop.adds_up()


def test_a_count_and_an_adjustment_leave_a_retired_level_retired(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.retires("P-1")

    shop.stocks("P-1", on_hand=7)
    shop.adjusts(-2)

    level = shop.level("P-1")
    assert (level.on_hand, level.active) == (5, False)
    shop.adds_up()


# --- deleting


def test_a_deleted_level_leaves_a_ledger_that_adds_up_to_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=3)
    shop.sells(("P-1", 3))

    shop.deletes("P-1")

    assert shop.stock_store.levels([KEY]) == []
    assert ledger(shop) == [("RECEIVED", 3), ("SOLD", -3), ("RECONCILED", 0)]


def test_units_that_were_written_by_hand_are_closed_with_the_ledger(shop: Shop) -> None:
    shop.has_by_hand("P-1", on_hand=3)
    shop.sells(("P-1", 3))

    shop.deletes("P-1")

    assert ledger(shop) == [("SOLD", -3), ("RECONCILED", 3)]


def test_the_ledger_of_another_warehouse_does_not_count(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, warehouse_id="north")
    shop.stocks("P-1", on_hand=0)

    shop.deletes("P-1")

    assert ("RECONCILED", 0) in ledger(shop)
    shop.adds_up()


@pytest.mark.parametrize("held", [0, 2])
def test_a_level_with_units_is_not_deleted(shop: Shop, held: int) -> None:
    shop.stocks("P-1", on_hand=2)
    if held:
        shop.holds(("P-1", held))

    with pytest.raises(NotEmpty):
        shop.deletes("P-1")

    assert shop.level("P-1").on_hand == 2
    shop.adds_up()


@pytest.mark.parametrize("counter", ["on_hand", "reserved", "available"])
def test_a_level_with_units_after_a_drift_is_not_deleted(shop: Shop, counter: str) -> None:
    shop.stocks("P-1", on_hand=0)
    tampers(shop, "P-1", **{counter: 1})

    with pytest.raises(NotEmpty):
        shop.deletes("P-1")


def test_another_version_is_not_deleted(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)
    shop.stocks("P-1", on_hand=0, name="Cup")

    with pytest.raises(VersionConflict):
        shop.deletes("P-1", version=1)


def test_a_level_that_never_was_is_not_found(shop: Shop) -> None:
    with pytest.raises(LevelNotFound):
        shop.deletes("P-1", version=1)


def test_the_same_deletion_again_changes_nothing(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)
    shop.deletes("P-1", version=1)

    shop.deletes("P-1", version=1)

    with pytest.raises(LevelNotFound):
        shop.deletes("P-1", version=2)
    assert ledger(shop) == [("RECEIVED", 0), ("RECONCILED", 0)]


def test_a_deletion_whose_response_is_lost_is_made_once(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)

    with lost_responses(shop.client, "TransactWriteItems"):
        shop.deletes("P-1")

    assert ledger(shop) == [("RECEIVED", 0), ("RECONCILED", 0)]


def test_deletions_at_once_are_one(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)

    answers = at_once(*[lambda: shop.deletes("P-1", version=1)] * 4)

    assert answers == [None] * 4
    assert ledger(shop) == [("RECEIVED", 0), ("RECONCILED", 0)]


def test_a_level_can_be_created_again_and_is_not_deleted_by_the_old_call(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)
    shop.stocks("P-1", on_hand=0, name="Cup")
    shop.deletes("P-1", version=2)
    shop.stocks("P-1", on_hand=5)

    shop.deletes("P-1", version=2)  # the answer was lost, and the caller asks again

    shop.sells(("P-1", 1))
    assert shop.level("P-1").on_hand == 4
    shop.adds_up()


def test_a_delivery_while_the_level_is_deleted_wins(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=0)

    with (
        just_before(shop.client, "TransactWriteItems", lambda: shop.adjusts(+5)),
        pytest.raises(VersionConflict),
    ):
        shop.deletes("P-1", version=1)

    assert shop.level("P-1").on_hand == 5
    shop.adds_up()


def test_holds_and_a_deletion_at_once_lose_no_units(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=2)
    reservation = shop.holds(("P-1", 2))
    shop.pays(reservation)

    at_once(
        lambda: shop.commits(reservation),
        lambda: shop.deletes("P-1", version=1),
        lambda: shop.deletes("P-1", version=2),
        lambda: shop.reserves(("P-1", 1)),
    )

    assert sum(delta for _, delta in ledger(shop)) == 0
    assert shop.reservation(reservation).status == "COMMITTED"
