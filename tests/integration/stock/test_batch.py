"""Batches of counts: each row is decided once, and every run finds its decision."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.aws.changes import to_attributes
from inventory.errors import FieldError, LevelNotFound
from inventory.items import batch_row_key
from inventory.model import UNITS_MAX, Level, iso
from inventory.stock.batch import ACCEPTANCE, Batch, BatchRow, BatchStore, Decision
from inventory.stock.counts import ChangeOutcome, Count
from tests.support.aws_calls import recorded
from tests.support.fault_injection import just_before
from tests.support.shop import BY_HAND, Shop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")
EXPIRES = NOON + timedelta(days=30)
BATCH = Batch("IMPORT", EXPIRES)
ROW = BatchRow(BATCH, 2)
CHANGED, UNCHANGED = Decision(ChangeOutcome.CHANGED), Decision(ChangeOutcome.UNCHANGED)


@pytest.fixture
def store(shop: Shop) -> BatchStore:
    return BatchStore(shop.client, shop.tables)


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """A shop with ten units of P-1."""
    shop.stocks("P-1", on_hand=10)
    return shop


def counted(on_hand: int, **content: Any) -> Count:
    return Count("P-1", "main", "Mug", "kitchen", on_hand, 0, **content)


def count(shop: Shop, on_hand: int, read: Level | None = None, row: BatchRow = ROW, **content: Any) -> Decision:
    """One run counts the row, from the level as it read it."""
    return shop.batch_counts.count(row, counted(on_hand, **content), BY_HAND, shop.now, read)


def kinds(shop: Shop) -> list[str]:
    """The kinds of all rows of the ledger, the decisions included."""
    return sorted(str(row["kind"]) for row in shop.rows(shop.tables.movements))


# --- decisions


@pytest.mark.parametrize(
    ("decision", "content"),
    [
        (CHANGED, {"outcome": "CHANGED"}),
        (
            Decision(ChangeOutcome.REFUSED, (FieldError("on_hand", "too many"), FieldError("name", "empty"))),
            {
                "outcome": "REFUSED",
                "errors": [{"field": "on_hand", "message": "too many"}, {"field": "name", "message": "empty"}],
            },
        ),
        (Decision(ChangeOutcome.UNCHANGED, etag="E-1"), {"outcome": "UNCHANGED", "etag": "E-1"}),
    ],
)
def test_a_decision_is_kept_beside_the_movements_and_moves_nothing(
    shop: Shop, store: BatchStore, decision: Decision, content: dict[str, Any]
) -> None:
    assert store.decide(ROW, decision, NOON) == decision

    assert dict(store.decisions("IMPORT")) == {2: decision}
    [row] = shop.rows(shop.tables.movements)
    assert row == batch_row_key("IMPORT", 2) | content | {
        "warehouse_id": "-",
        "moved_at": iso(NOON),
        "kind": "REQUEST",
        "delta": 0,
        "expire_at": int(EXPIRES.timestamp()),
    }


def test_the_first_decision_of_a_row_is_the_only_one(store: BatchStore) -> None:
    store.decide(ROW, CHANGED, NOON)

    assert store.decide(ROW, UNCHANGED, NOON) == CHANGED

    assert store.decision(ROW) == CHANGED


def test_the_decisions_of_a_batch_are_found_by_the_numbers_of_its_rows(shop: Shop, store: BatchStore) -> None:
    store.decide(BatchRow(BATCH, ACCEPTANCE), UNCHANGED, NOON)
    store.decide(ROW, CHANGED, NOON)
    store.decide(BatchRow(Batch("OTHER", EXPIRES), 3), UNCHANGED, NOON)
    broken = batch_row_key("IMPORT", 4) | {"outcome": "LOST"}
    shop.client.put_item(TableName=shop.tables.movements, Item=to_attributes(broken))

    assert dict(store.decisions("IMPORT")) == {ACCEPTANCE: UNCHANGED, 2: CHANGED}
    assert store.decision(ROW) == CHANGED
    assert store.decision(BatchRow(BATCH, 3)) is None


def test_decisions_are_read_as_they_are_now(shop: Shop, store: BatchStore) -> None:
    with recorded(shop.client) as calls:
        list(store.decisions("IMPORT"))
        store.decision(ROW)

    assert [call.request["ConsistentRead"] for call in calls] == [True, True]


# --- counting


@pytest.mark.parametrize(("on_hand", "outcome"), [(10, "UNCHANGED"), (12, "CHANGED")])
def test_a_row_is_decided_once_whatever_happens_to_its_level(stocked: Shop, on_hand: int, outcome: str) -> None:
    read = stocked.level()
    with recorded(stocked.client) as calls:
        first = count(stocked, on_hand, read)
    assert [call.operation for call in calls] in (["TransactWriteItems"], ["PutItem"]), "the level is not read again"
    stocked.adjusts(+5)

    again = count(stocked, on_hand, stocked.level())

    assert first == again == Decision(ChangeOutcome(outcome))
    assert stocked.level().on_hand == on_hand + 5
    assert kinds(stocked).count("REQUEST") == 1
    stocked.adds_up()


def test_a_count_that_confirms_the_books_is_decided_with_its_moment(stocked: Shop) -> None:
    moment = iso(stocked.now() + timedelta(minutes=1))

    assert count(stocked, 10, stocked.level(), as_of=moment) == UNCHANGED

    assert stocked.level().counted_as_of == moment
    assert kinds(stocked) == ["RECEIVED", "REQUEST"]


def test_a_row_whose_level_was_not_as_it_was_read_is_decided_from_the_level_now(stocked: Shop) -> None:
    read = stocked.level()
    stocked.sells(("P-1", 3))

    assert count(stocked, 7, read) == UNCHANGED

    assert (stocked.level().on_hand, stocked.level().version) == (7, 2)
    assert kinds(stocked) == ["RECEIVED", "REQUEST", "SOLD"]


@pytest.mark.parametrize("held", [0, 6], ids=["a second count would be possible", "a second count would be refused"])
def test_a_run_whose_change_is_applied_by_a_repeated_run_between_its_reads_finds_it_applied(
    stocked: Shop, held: int
) -> None:
    # The level is read first. In the other order the decision would be missed, and the newer level decided about again.
    read = stocked.level()
    stocked.sells(("P-1", 1))

    def repeated_run() -> None:
        count(stocked, 4, stocked.level())
        stocked.adjusts(+10)
        if held:
            stocked.holds(("P-1", held))

    with just_before(stocked.client, "Query", repeated_run):
        decision = count(stocked, 4, read)

    assert decision == CHANGED
    assert (stocked.level().on_hand, stocked.level().reserved) == (14, held)
    stocked.adds_up()


@pytest.mark.parametrize(
    ("on_hand", "error"),
    [
        (3, FieldError("on_hand", "4 units of P-1 in main are reserved: 3 on hand are too few")),
        (UNITS_MAX + 1, FieldError("on_hand", f"would leave more than {UNITS_MAX} units on hand")),
    ],
)
def test_a_refusal_names_the_field_and_holds_in_every_run(stocked: Shop, on_hand: int, error: FieldError) -> None:
    held = stocked.holds(("P-1", 4))

    first = count(stocked, on_hand, stocked.level())
    stocked.times_out(held)

    assert first == Decision(ChangeOutcome.REFUSED, (error,)) == count(stocked, on_hand, stocked.level())
    assert stocked.level().on_hand == 10


def test_a_row_whose_level_cannot_be_read_is_refused(stocked: Shop) -> None:
    read = stocked.level()
    row = to_attributes({"product_id": "P-1", "warehouse_id": "main", "on_hand": "many"})
    stocked.client.put_item(TableName=stocked.tables.inventory, Item=row)

    refused = count(stocked, 12, read)

    assert (refused.outcome, [error.field for error in refused.errors]) == ("REFUSED", ["product_id"])
    assert stocked.rows(stocked.tables.inventory)[0]["on_hand"] == "many"


@pytest.mark.parametrize("creates", [True, False])
def test_a_batch_creates_levels_only_if_it_may(shop: Shop, creates: bool) -> None:
    row = BatchRow(Batch("IMPORT", EXPIRES, creates), 2)

    decision = count(shop, 5, None, row)

    if creates:
        assert decision == Decision(ChangeOutcome.CREATED)
        assert shop.level().on_hand == 5
    else:
        missing = FieldError("product_id", "and warehouse_id have no stock level, and create is false")
        assert decision == Decision(ChangeOutcome.REFUSED, (missing,))
        assert shop.rows(shop.tables.inventory) == []


def test_a_batch_that_creates_nothing_changes_what_exists(stocked: Shop) -> None:
    batch = Batch("IMPORT", EXPIRES, creates=False)

    assert stocked.batch_counts.plan(batch, stocked.level(), counted(12), NOON).delta == 2
    with pytest.raises(LevelNotFound):
        stocked.batch_counts.plan(batch, None, counted(12), NOON)
