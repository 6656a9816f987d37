"""A hold that other writers stop again and again at one level is counted, and the level is named in the log."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from inventory.aws import retries
from inventory.errors import TransientError
from inventory.stock.shards.crowds import MEETINGS_IN_A_CROWD
from tests.support.aws_calls import Answer, refusal
from tests.support.fault_injection import hooked
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(retries, "pause_after_conflict", lambda: None)


@contextmanager
def other_writers(shop: Shop, key: dict[str, Any], times: int) -> Iterator[None]:
    """Others write the item with this key in the moment of the next transactions, so often."""
    left = times

    def stop(params: dict[str, Any], **_: Any) -> Answer | None:
        nonlocal left
        written = [next(iter(action.values())) for action in json.loads(params["body"])["TransactItems"]]
        is_there = [action.get("Key", {}).items() >= key.items() for action in written]
        if left == 0 or not any(is_there):
            return None
        left -= 1
        reasons = [{"Code": "TransactionConflict" if there else "None"} for there in is_there]
        return refusal("TransactionCanceledException", CancellationReasons=reasons)

    with hooked(shop.client, "before-call.dynamodb.TransactWriteItems", stop):
        yield
    assert left == 0


def of_level(product_id: str) -> dict[str, Any]:
    return {"product_id": {"S": product_id}}


@dataclass(frozen=True)
class Written:
    """What functions wrote to their log."""

    output: pytest.CaptureFixture[str]
    log: pytest.LogCaptureFixture

    @property
    def crowded(self) -> list[tuple[str, str, int]]:
        """The crowded levels, and how often a hold met others there."""
        lines = [vars(line)["fields"] for line in self.log.records if line.getMessage() == "a level is crowded"]
        return [(line["product_id"], line["warehouse_id"], line["meetings"]) for line in lines]

    def holds(self) -> int:
        """How many holds were counted."""
        lines = [json.loads(line) for line in self.output.readouterr().out.splitlines() if line.startswith("{")]
        return sum(int(line["CrowdedHolds"][0]) for line in lines if "CrowdedHolds" in line)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Written:
    return Written(capsys, caplog)


def test_a_hold_that_is_stopped_four_times_is_counted_and_names_the_level(shop: Shop, written: Written) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=10)

    with other_writers(shop, of_level("P-2"), MEETINGS_IN_A_CROWD):
        shop.holds(("P-1", 1), ("P-2", 1))

    assert written.crowded == [("P-2", "main", MEETINGS_IN_A_CROWD)]
    assert written.holds() == 1
    shop.adds_up()


def test_a_hold_that_meets_others_by_chance_is_not_counted(shop: Shop, written: Written) -> None:
    shop.stocks("P-1", on_hand=10)

    with other_writers(shop, of_level("P-1"), MEETINGS_IN_A_CROWD - 1):
        shop.holds(("P-1", 1))

    assert written.crowded == []
    assert written.holds() == 0
    shop.adds_up()


def test_a_hold_that_gives_up_is_counted(shop: Shop, written: Written) -> None:
    shop.stocks("P-1", on_hand=10)

    attempts = 1 + retries.RetryQuota.SAVED_MAX

    with other_writers(shop, of_level("P-1"), attempts), pytest.raises(TransientError):
        shop.reserves(("P-1", 1))

    assert written.crowded == [("P-1", "main", attempts)]
    assert written.holds() == 1
    shop.adds_up()


def test_the_count_of_one_customer_is_no_crowd_at_a_level(shop: Shop, written: Written) -> None:
    shop.stocks("P-1", on_hand=10)

    with other_writers(shop, {"customer_id": {"S": "C-1"}}, MEETINGS_IN_A_CROWD):
        shop.reserves(("P-1", 1), customer_id="C-1")

    assert written.crowded == []
    assert written.holds() == 0
    shop.adds_up()
