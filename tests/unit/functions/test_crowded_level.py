"""A level at which every write meets another one: what ends a hold waits for its turn, new holds soon come back later."""

import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from inventory.aws.dynamodb import Tables
from inventory.aws.retries import ATTEMPTS_MAX, CONFLICTS_MAX, RetryQuota
from inventory.errors import TransientError
from inventory.model import CustomerLimits, LevelKey, Line, ReleaseReason, Reservation, Status, iso
from inventory.reservations.spread_holds import SpreadHolds
from inventory.reservations.spread_levels import SpreadLevels
from inventory.reservations.store import Release, ReservationStore
from inventory.stock.store import StockStore

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLES = Tables(*(field.name for field in fields(Tables)))
NO_LIMITS = CustomerLimits(0, 0)
EXCEPTIONS = boto3.client("dynamodb", region_name="us-east-1").exceptions


class CrowdedTable:
    """A client whose transactions meet another one after some seconds, except the next `answers`."""

    def __init__(self) -> None:
        self.exceptions = EXCEPTIONS
        self.calls = 0
        self.answers = 0
        self.seconds = 0.0
        self.reason = "TransactionConflict"

    def transact_write_items(self, TransactItems: list[Any], **_: Any) -> None:
        self.calls += 1
        time.sleep(self.seconds)
        if self.answers:
            self.answers -= 1
            return
        reasons = [{"Code": "None"}] * (len(TransactItems) - 1) + [{"Code": self.reason}]
        response: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
        raise EXCEPTIONS.TransactionCanceledException(response, "TransactWriteItems")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses take no real time, but they pass."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))


@pytest.fixture
def table() -> CrowdedTable:
    return CrowdedTable()


@pytest.fixture
def store(table: CrowdedTable) -> ReservationStore:
    client: Any = table
    return ReservationStore(client, TABLES, retention_days=1)


def reservation(status: Status = Status.HELD, product_id: str = "P-1") -> Reservation:
    return Reservation("R-1", status, (Line(product_id, "main", 1),), 600, iso(NOW), held_until=iso(NOW))


def holds(store: ReservationStore, product_id: str = "P-1") -> object:
    return store.hold(reservation(product_id=product_id), NO_LIMITS)


def hops(store: ReservationStore, shards: int | None = 4) -> object:
    """A hold of a level that is known to be spread, or that is not."""
    spread = SpreadLevels(lambda: 0.0)
    spread.learn(LevelKey("P-1", "main"), shards)
    return SpreadHolds(store, StockStore(store._client, TABLES), spread).hold(reservation(), NO_LIMITS)


def busy_calls(table: CrowdedTable, call: Callable[[], object]) -> int:
    """After how many attempts a call gives up."""
    before = table.calls
    with pytest.raises(TransientError):
        call()
    return table.calls - before


def test_what_ends_a_hold_tries_for_longer_than_any_other_write(table: CrowdedTable, store: ReservationStore) -> None:
    release = Release(ReleaseReason.EXPIRED, wait_is_over=True)
    expired = reservation(Status.RELEASED)

    assert busy_calls(table, lambda: store.commit(reservation(Status.PAID), NOW)) > 2 * CONFLICTS_MAX
    assert busy_calls(table, lambda: store.release(reservation(), release, NOW)) > 2 * CONFLICTS_MAX
    assert busy_calls(table, lambda: store.rescue(expired, "PAY-1", NOW)) > 2 * CONFLICTS_MAX


def test_the_first_hold_tries_as_often_as_the_quota_saves_and_the_next_ones_once(
    table: CrowdedTable, store: ReservationStore
) -> None:
    tried = [busy_calls(table, lambda: holds(store)) for _ in range(3)]

    assert tried == [RetryQuota.SAVED_MAX + 1, 1, 1]


def test_a_hold_that_got_an_answer_lets_the_next_ones_try_again(table: CrowdedTable, store: ReservationStore) -> None:
    busy_calls(table, lambda: holds(store))
    table.answers = 1

    holds(store)

    assert busy_calls(table, lambda: holds(store)) == RetryQuota.EARNED + 1


def test_a_hold_of_another_level_is_not_affected(table: CrowdedTable, store: ReservationStore) -> None:
    busy_calls(table, lambda: holds(store))

    assert busy_calls(table, lambda: holds(store, "P-2")) == RetryQuota.SAVED_MAX + 1


def test_a_hold_of_a_spread_level_tries_its_shards_as_often_as_the_quota_of_the_level_saves(
    table: CrowdedTable, store: ReservationStore
) -> None:
    tried = [busy_calls(table, lambda: hops(store)) for _ in range(2)]

    assert tried == [RetryQuota.SAVED_MAX + 1, 1]


def test_a_hold_of_a_spread_level_ends_although_others_earn_retries_meanwhile(
    table: CrowdedTable, store: ReservationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RetryQuota, "spend", lambda quota, items: True)

    assert busy_calls(table, lambda: hops(store)) == CONFLICTS_MAX


@pytest.mark.parametrize(("seconds", "calls"), [(2.5, 3), (2.6, 2)])
def test_no_shard_is_tried_after_the_deadline(
    table: CrowdedTable, store: ReservationStore, seconds: float, calls: int
) -> None:
    table.seconds = seconds

    assert busy_calls(table, lambda: hops(store)) == calls


def test_a_hold_of_a_level_that_is_not_spread_is_not_tried_again_after_its_own_retries(
    table: CrowdedTable, store: ReservationStore
) -> None:
    table.reason = "ThrottlingError"

    assert busy_calls(table, lambda: hops(store, shards=None)) == ATTEMPTS_MAX
