"""A count is of a moment: what happened to the shelf after it stays, and a later count holds."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.errors import BelowReserved, DescriptionChanged, InvalidRequest
from inventory.model import UNITS_MAX, iso
from inventory.stock.counts import ChangeOutcome, Count
from tests.support.fault_injection import hooked, just_before
from tests.support.shop import BY_HAND, Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
WRITE = "TransactWriteItems"


def at(minute: int) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minute)


def passes(shop: Shop, minute: int) -> None:
    """It is so many minutes after noon."""
    shop.now = lambda: at(minute)


def counts(
    shop: Shop, on_hand: int, as_of: int | None, *, on_hand_was: int | None = None, **more: Any
) -> ChangeOutcome:
    """Somebody counted P-1 at this minute, and the count arrives now."""
    content: dict[str, Any] = {"name": "Mug", "category": "kitchen", "low_stock_threshold": 0} | more
    moment = None if as_of is None else iso(at(as_of))
    counted = Count("P-1", "main", on_hand=on_hand, as_of=moment, on_hand_was=on_hand_was, **content)
    return shop.stock_changes.count(counted, BY_HAND, shop.now())


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop that got ten units of P-1 at noon."""
    passes(shop, 0)
    shop.stocks("P-1", on_hand=10)
    return shop


def test_what_happened_after_the_moment_is_added_to_the_count(stocked: Shop) -> None:
    passes(stocked, 1)
    stocked.sells(("P-1", 1))  # before the count
    passes(stocked, 3)
    stocked.sells(("P-1", 3))
    stocked.adjusts(+5)
    passes(stocked, 4)

    outcome = counts(stocked, 8, as_of=2)

    assert (outcome, stocked.level().on_hand) == ("CHANGED", 8 - 3 + 5)
    stocked.adds_up()


@pytest.mark.parametrize(("sold_at", "left"), [(2_000, 8), (2_001, 7)], ids=["at the moment", "a millisecond later"])
def test_the_moment_itself_is_before_what_happened_after_it(stocked: Shop, sold_at: int, left: int) -> None:
    stocked.now = lambda: NOON + timedelta(milliseconds=sold_at)
    stocked.sells(("P-1", 1))
    passes(stocked, 4)
    counted = Count("P-1", "main", "Mug", "kitchen", 8, 0, as_of=iso(NOON + timedelta(seconds=2)))

    stocked.stock_changes.count(counted, BY_HAND, stocked.now())

    assert stocked.level().on_hand == left


def test_a_count_of_another_warehouse_is_no_part_of_it(stocked: Shop) -> None:
    stocked.stocks("P-1", on_hand=5, warehouse_id="north")
    passes(stocked, 3)
    stocked.adjusts(-2, warehouse_id="north")

    counts(stocked, 8, as_of=2)

    assert (stocked.level().on_hand, stocked.level(warehouse_id="north").on_hand) == (8, 3)
    stocked.adds_up()


def test_a_count_of_an_earlier_moment_changes_no_units(stocked: Shop) -> None:
    passes(stocked, 5)
    counts(stocked, 7, as_of=4)

    late = counts(stocked, 9, as_of=3)
    latest = counts(stocked, 6, as_of=5)

    assert (late, latest, stocked.level().on_hand) == ("UNCHANGED", "CHANGED", 6)
    assert stocked.level().counted_as_of == iso(at(5))
    stocked.adds_up()


def test_a_count_that_confirms_the_books_holds_against_an_earlier_one(stocked: Shop) -> None:
    passes(stocked, 5)
    confirmed = counts(stocked, 10, as_of=4)

    late = counts(stocked, 9, as_of=3)

    assert (confirmed, late, stocked.level().on_hand) == ("UNCHANGED", "UNCHANGED", 10)
    assert stocked.level().version == 1, "an editor who has read the level is not disturbed"


def test_the_correction_of_another_count_did_not_happen_on_the_shelf(stocked: Shop) -> None:
    passes(stocked, 3)
    stocked.sells(("P-1", 3))
    passes(stocked, 4)
    counts(stocked, 8, as_of=1)  # corrects the books by -2, at minute 4
    passes(stocked, 6)

    counts(stocked, 9, as_of=2)

    assert stocked.level().on_hand == 9 - 3
    stocked.adds_up()


def test_a_level_that_a_late_count_created_is_no_delivery_for_another_count(shop: Shop) -> None:
    passes(shop, 5)
    created = counts(shop, 4, as_of=1)

    counts(shop, 6, as_of=2)

    assert (created, shop.level().on_hand) == ("CREATED", 6)
    shop.adds_up()


def test_a_sale_between_reading_and_writing_is_not_undone(stocked: Shop) -> None:
    passes(stocked, 3)

    with just_before(stocked.client, WRITE, lambda: stocked.sells(("P-1", 3))):
        counts(stocked, 8, as_of=2)

    assert stocked.level().on_hand == 8 - 3
    stocked.adds_up()


def test_a_sale_between_the_reads_of_the_level_and_of_its_ledger_is_not_undone(stocked: Shop) -> None:
    # Whichever is read first: the write must fail, or know of the sale.
    passes(stocked, 3)
    reads: list[str] = []

    def sell_before_the_second(model: Any, **_: Any) -> None:
        if model.name in ("BatchGetItem", "Query"):
            reads.append(model.name)
            if len(reads) == 2:
                stocked.sells(("P-1", 3))

    with hooked(stocked.client, "before-call", sell_before_the_second):
        counts(stocked, 8, as_of=2)

    assert len(reads) >= 2
    assert stocked.level().on_hand == 8 - 3
    stocked.adds_up()


def test_two_counts_at_once_are_put_in_order_by_their_moments(stocked: Shop) -> None:
    passes(stocked, 5)

    with just_before(stocked.client, WRITE, lambda: counts(stocked, 10, as_of=4)):
        late = counts(stocked, 9, as_of=3)

    assert (late, stocked.level().on_hand) == ("UNCHANGED", 10)


@pytest.mark.parametrize("skew", [timedelta(seconds=-300), timedelta(seconds=300)], ids=["slow", "fast"])
def test_a_clock_that_is_off_does_not_hide_a_sale_from_a_count_that_names_what_was(
    stocked: Shop, skew: timedelta
) -> None:
    passes(stocked, 6)
    stocked.now = lambda: at(6) + skew
    stocked.sells(("P-1", 3))
    passes(stocked, 7)

    counts(stocked, 9, as_of=5, on_hand_was=10)

    assert stocked.level().on_hand == 9 - 3
    stocked.adds_up()


def test_units_that_equal_what_was_are_no_count(stocked: Shop) -> None:
    passes(stocked, 3)
    stocked.sells(("P-1", 3))

    outcome = counts(stocked, 10, as_of=2, on_hand_was=10)

    assert (outcome, stocked.level().on_hand, stocked.level().counted_as_of) == ("UNCHANGED", 7, iso(at(0)))


@pytest.mark.parametrize(
    "change",
    [{"name": "Cup"}, {"category": "table"}, {"low_stock_threshold": 3}],
    ids=lambda change: next(iter(change)),
)
def test_a_description_that_was_changed_since_is_not_overwritten(stocked: Shop, change: dict[str, Any]) -> None:
    passes(stocked, 3)
    stocked.stocks("P-1", on_hand=10, **change)

    with pytest.raises(DescriptionChanged) as refused:
        counts(stocked, 10, as_of=2, on_hand_was=10)

    assert [error.field for error in refused.value.errors] == list(change)
    assert getattr(stocked.level(), next(iter(change))) == next(iter(change.values()))


def test_a_description_that_is_the_same_by_now_is_no_conflict(stocked: Shop) -> None:
    passes(stocked, 3)
    stocked.stocks("P-1", on_hand=10, name="Cup")

    assert counts(stocked, 8, as_of=2, name="Cup") == "CHANGED"


def test_a_count_below_what_is_reserved_or_beyond_what_a_level_may_have_is_refused(stocked: Shop) -> None:
    stocked.holds(("P-1", 4))
    passes(stocked, 3)
    stocked.sells(("P-1", 2))

    with pytest.raises(BelowReserved):
        counts(stocked, 5, as_of=2)
    stocked.adjusts(+5)
    with pytest.raises(InvalidRequest):
        counts(stocked, UNITS_MAX, as_of=2)

    stocked.adds_up()


def test_a_level_of_the_first_edition_can_be_counted(shop: Shop) -> None:
    passes(shop, 0)
    shop.has_by_hand("P-1", on_hand=7)
    passes(shop, 3)

    outcome = counts(shop, 9, as_of=2, name="Cup")

    level = shop.level()
    assert (outcome, level.on_hand, level.name, level.counted_as_of) == ("CHANGED", 9, "Cup", iso(at(2)))


def test_what_a_tool_wrote_between_reading_and_writing_is_decided_about_again(stocked: Shop) -> None:
    def rename() -> None:
        stocked.client.update_item(
            TableName=stocked.tables.inventory,
            Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}},
            UpdateExpression="SET #name = :name, described_at = :now",
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues={":name": {"S": "Beaker"}, ":now": {"S": iso(at(3))}},
        )

    passes(stocked, 4)
    with just_before(stocked.client, WRITE, rename), pytest.raises(DescriptionChanged):
        counts(stocked, 8, as_of=2)

    assert (stocked.level().name, stocked.level().on_hand) == ("Beaker", 10)
