"""The scheduled check of alerts: it reads the levels that need one by the read model, and everything once a day."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.errors import TransientError
from inventory.model import Level
from inventory.read_model.entries import LevelEntry
from inventory.read_model.levels.index import LevelIndex
from inventory.read_model.reader import Freshness, Levels, State
from inventory.reconciliation.low_stock_check import RUN_EVERY, SLICES, LowStockCheck, slice_at
from inventory.stock.low_stock_alerts import OVERDUE
from tests.support.shop.drift import tampers
from tests.support.shop.in_memory import MemoryShop

NOON = datetime.fromisoformat("2026-03-01T12:00:00Z")


class FakeReadModel:
    """A read model that follows when a test says so."""

    def __init__(self, state: State = State.CURRENT) -> None:
        self.state = state
        self.index: LevelIndex | None = LevelIndex.from_entries([])
        self.error: Exception | None = None

    def follows(self, *levels: Level) -> None:
        self.index = LevelIndex.from_entries(map(LevelEntry.of, levels))

    def levels(self) -> Levels:
        if self.error:
            raise self.error
        return Levels(self.index, Freshness(self.state, NOON))


class CheckedShop(MemoryShop):
    """A shop with many levels, whose alerts are checked by a read model."""

    def __init__(self, levels: int = 20) -> None:
        super().__init__()
        self.now = lambda: NOON
        for number in range(levels):
            self.stocks(f"P-{number}", on_hand=10, low_stock_threshold=5)
        self.read_model = FakeReadModel()

    def checks(self, later: timedelta = timedelta()) -> int:
        read_model: Any = self.read_model
        return LowStockCheck(self.alerts, self.stock_store, read_model).run(NOON + later)

    @property
    def alerted(self) -> set[str]:
        return {json.loads(sent.message)["product_id"] for sent in self.topics.low_stock}


def falls(shop: CheckedShop, product: str = "P-3") -> Level:
    """Another tool sells units, and alerts nobody."""
    tampers(shop, product, on_hand=-7, available=-7)
    return shop.level(product)


def read_by(shop: CheckedShop) -> int:
    """How many rows the scans of a check have read."""
    rows = 0
    answer = shop.answer

    def count(operation: str, request: dict[str, Any]) -> Any:
        nonlocal rows
        found = answer(operation, request)
        rows += found["ScannedCount"] if operation == "Scan" else 0
        return found

    shop.answer = count
    shop.checks()
    shop.answer = answer
    return rows


def test_a_level_that_the_read_model_names_is_alerted_at_once() -> None:
    shop = CheckedShop()
    shop.read_model.follows(falls(shop))

    assert shop.checks() == 1
    assert shop.alerted == {"P-3"}
    assert shop.checks() == 0


def test_a_level_that_rose_is_rearmed() -> None:
    shop = CheckedShop()
    shop.read_model.follows(falls(shop))
    shop.checks()
    tampers(shop, "P-3", on_hand=50, available=50)
    shop.read_model.follows(shop.level("P-3"))

    shop.checks()

    assert not shop.level("P-3").low_stock_alerted


@pytest.mark.parametrize("later", [timedelta(), OVERDUE + timedelta(minutes=1)])
def test_a_claim_is_taken_over_when_it_is_overdue(later: timedelta) -> None:
    shop = CheckedShop()
    shop.sells(("P-3", 7))  # the workflow claimed the alert, and crashed
    shop.read_model.follows(shop.level("P-3"))

    assert shop.checks(later) == (1 if later else 0)


def test_what_the_read_model_says_is_compared_with_the_row() -> None:
    shop = CheckedShop()
    low = falls(shop)
    tampers(shop, "P-3", on_hand=7, available=7)
    shop.read_model.follows(low)

    assert shop.checks() == 0
    assert not shop.level("P-3").low_stock_alerted


def test_only_a_slice_of_the_table_is_scanned() -> None:
    assert read_by(CheckedShop(300)) < 20


def test_every_level_is_read_once_a_day_whatever_the_read_model_says() -> None:
    shop = CheckedShop()
    for product in ("P-0", "P-7", "P-19"):
        falls(shop, product)
    shop.spreads(4, "P-11")
    falls(shop, "P-11")

    for run in range(SLICES + 1):
        shop.checks(RUN_EVERY * run)

    assert shop.alerted == {"P-0", "P-7", "P-19", "P-11"}


@pytest.mark.parametrize("state", [State.STALE, State.MISSING])
def test_the_whole_table_is_scanned_if_the_read_model_is_stale_or_gone(state: State) -> None:
    shop = CheckedShop()
    falls(shop)
    shop.read_model.state = state

    assert shop.checks() == 1


@pytest.mark.parametrize("error", [TransientError("S3 is busy"), KeyError("a column"), ValueError("no zlib")])
def test_the_whole_table_is_scanned_if_the_read_model_cannot_be_read(error: Exception) -> None:
    shop = CheckedShop()
    falls(shop)
    shop.read_model.error = error

    assert shop.checks() == 1


def test_the_whole_table_is_scanned_without_an_index() -> None:
    shop = CheckedShop()
    falls(shop)
    shop.read_model.index = None

    assert shop.checks() == 1


def test_a_level_that_was_deleted_or_cannot_be_read_does_not_stop_the_others() -> None:
    shop = CheckedShop()
    gone, other = falls(shop, "P-1"), falls(shop, "P-2")
    shop.client.delete_item(
        TableName=shop.tables.inventory, Key={"product_id": {"S": "P-1"}, "warehouse_id": {"S": "main"}}
    )
    broken = falls(shop, "P-4")
    shop.client.update_item(
        TableName=shop.tables.inventory,
        Key={"product_id": {"S": "P-4"}, "warehouse_id": {"S": "main"}},
        UpdateExpression="SET version = :text",
        ExpressionAttributeValues={":text": {"S": "one"}},
    )
    shop.read_model.follows(gone, other, broken)

    assert shop.checks() == 1
    assert shop.alerted == {"P-2"}


@pytest.mark.parametrize("minutes", [1, 5, 15, 60])
def test_slices_cover_the_table_however_often_the_check_runs(minutes: int) -> None:
    runs = SLICES * 20 // minutes * 20

    numbers = {slice_at(NOON + timedelta(minutes=minutes * run)).number for run in range(runs)}

    assert numbers == set(range(SLICES))
