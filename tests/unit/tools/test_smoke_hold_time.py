"""How long a transaction keeps a level: estimated from the conflicts of many writers, and cleaned up afterwards."""

import threading
import time
from collections import Counter
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tools.deployed_stack import DeployedStack
from tools.smoke import hold_time as measuring
from tools.smoke.errors import NotOnLocalAws, Unexpected
from tools.smoke.hold_time import CONFLICT, HELD, UNITS, Measurement, evaluate, hold_time, hold_time_points
from tools.smoke.probe import Probe
from tools.smoke.steps import Report

OUTPUTS = {
    "InventoryTableName": "Inventory",
    "ReservationsTableName": "Reservations",
    "MovementsTableName": "Movements",
    "CustomersTableName": "Customers",
    "RefundsTableName": "Refunds",
    "FailedExecutionsTableName": "FailedExecutions",
    "IdempotencyTableName": "Idempotency",
    "PublishedTableName": "Published",
    "ReadModelTableName": "ReadModel",
    "LedgerCheckpointsTableName": "LedgerCheckpoints",
}


def cancelled(code: str) -> ClientError:
    response: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": code},
        "CancellationReasons": [{"Code": "None"}, {"Code": code}],
    }
    return ClientError(response, "TransactWriteItems")


class Table:
    """DynamoDB with one level: a transaction that meets another one is cancelled."""

    def __init__(self, kept_seconds: float = 0.0, *, refusal: ClientError | None = None) -> None:
        self._kept_seconds = kept_seconds
        self._refusal = refusal
        self._lock = threading.Lock()
        self.written = 0
        self.reservations: set[str] = set()
        self.reserved = 0
        self.is_down = False

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:
        """Hold a unit, or give units back."""
        if self._refusal:
            raise self._refusal
        time.sleep(0.002)  # the way there
        if not self._lock.acquire(blocking=False):
            raise cancelled(CONFLICT)
        try:
            time.sleep(self._kept_seconds)
            if self.is_down and "Delete" in TransactItems[-1]:
                raise cancelled("ThrottlingError")
            for action in TransactItems:
                self._write(action)
            self.written += 1
        finally:
            self._lock.release()

    def _write(self, action: dict[str, Any]) -> None:
        if "Put" in action:
            self.reservations.add(action["Put"]["Item"]["reservation_id"]["S"])
        elif "Delete" in action:
            self.reservations.remove(action["Delete"]["Key"]["reservation_id"]["S"])
        else:
            values = action["Update"]["ExpressionAttributeValues"].values()
            self.reserved += max((int(value["N"]) for value in values if "N" in value), default=0) * self._sign(action)

    def _sign(self, action: dict[str, Any]) -> int:
        return 1 if "ConditionExpression" in action["Update"] else -1


class CountedProbe(Probe):
    """A probe that only counts the stock."""

    def __init__(self) -> None:
        self.run_id = "smoke-1"
        self.counted: list[tuple[str, int]] = []

    def set_stock(self, product_id: str = "", units: int = 0) -> None:
        """Remember the call."""
        self.counted.append((product_id, units))


def deployed(table: Table, *, is_on_aws: bool = True) -> DeployedStack:
    return DeployedStack(lambda service: table, boto3.Session(), OUTPUTS, "inventory", is_on_aws)


def measured(held: int, conflicts: int, seconds: float) -> Measurement:
    return Measurement(Counter({HELD: held, CONFLICT: conflicts}), [0.01] * held, seconds)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement of less than a second."""
    monkeypatch.setattr(measuring, "SECONDS_MAX", 0.6)
    monkeypatch.setattr(measuring, "CLEANUP_PAUSES", (0.0, 0.0))


def test_the_time_follows_from_conflicts_and_holds() -> None:
    found = measured(held=100, conflicts=300, seconds=1.0)  # taken for 75 % of the time by 100 holds

    assert found.hold_time == pytest.approx(0.0075)
    assert found.orders_per_second == pytest.approx(0.4 / 0.0075)


def test_the_result_shows_the_figures_and_the_formula() -> None:
    result = evaluate(measured(held=100, conflicts=300, seconds=1.0), is_on_aws=True)

    assert result == (
        "p50 10 ms, p99 10 ms, 75% conflicts, 100 holds a second. So a hold keeps its level for 7.5 ms (conflicts / "
        "holds a second), and one product takes about 53 orders a second (0.4 / that time). That is within the 5 to 20 ms "
        "that docs/operations.md assumes"
    )


@pytest.mark.parametrize(
    ("conflicts", "compared"),
    [(30, "shorter than the 5 to 20 ms"), (100, "within the 5 to 20 ms"), (900, "longer than the 5 to 20 ms")],
)
def test_the_result_says_whether_the_assumption_of_the_documents_holds(conflicts: int, compared: str) -> None:
    assert compared in evaluate(measured(held=100, conflicts=conflicts, seconds=1.0 + conflicts / 400), is_on_aws=True)


def test_the_percentiles_are_those_of_the_holds() -> None:
    found = Measurement(Counter({HELD: 100}), [number / 100 for number in range(1, 101)], 1.0)

    assert (found.percentile(0.5), found.percentile(0.99)) == (0.51, 1.0)


def test_a_level_without_conflicts_has_no_time_but_a_lower_limit() -> None:
    assert "no conflicts: more than 100 holds a second" in evaluate(measured(100, 0, 1.0), is_on_aws=True)


def test_transactions_do_not_meet_on_the_local_aws() -> None:
    with pytest.raises(NotOnLocalAws, match="transactions that meet each other"):
        evaluate(measured(100, 0, 1.0), is_on_aws=False)


def test_a_product_that_can_hardly_be_sold_fails() -> None:
    with pytest.raises(Unexpected, match="one product takes about 4 orders a second"):
        evaluate(measured(held=9, conflicts=81, seconds=1.0), is_on_aws=True)


def simulated(kept: float, travel: float, seconds: float = 5.0) -> Measurement:
    """16 writers of one level, in virtual time: it is kept for `kept`, and a request travels for about `travel`."""
    random = Random(1)
    arrivals = [(random.uniform(0, travel), writer) for writer in range(measuring.WRITERS)]
    heapify(arrivals)
    outcomes: Counter[str] = Counter()
    free_at = 0.0
    while arrivals[0][0] < seconds:
        now, writer = heappop(arrivals)
        is_free = now >= free_at
        outcomes[HELD if is_free else CONFLICT] += 1
        if is_free:
            free_at = now + kept
        answered = free_at if is_free else now
        heappush(arrivals, (answered + random.uniform(0.5, 3.5) * travel, writer))
    return Measurement(outcomes, [kept + travel] * outcomes[HELD], seconds)


@pytest.mark.parametrize("kept", [0.002, 0.005, 0.02])
@pytest.mark.parametrize("travel", [0.005, 0.02, 0.1])
def test_the_time_is_found_from_near_and_from_far(kept: float, travel: float) -> None:
    assert simulated(kept, travel).hold_time == pytest.approx(kept, rel=0.25)


def test_writers_meet_each_other(short: None) -> None:
    contention = measuring.Contention(deployed(Table(kept_seconds=0.01)), "smoke-1")

    found = contention.measure()

    assert found.outcomes[CONFLICT] > 0
    assert found.outcomes[HELD] == len(found.latencies) > 0
    assert sum(found.outcomes.values()) <= measuring.WRITERS * measuring.ATTEMPTS_MAX
    assert found.elapsed > 0


def test_nothing_stays_held(short: None) -> None:
    table, probe = Table(kept_seconds=0.002), CountedProbe()

    assert "holds a second" in hold_time(deployed(table, is_on_aws=False), probe)

    assert probe.counted == [("SMOKE-CONTENTION", UNITS)]
    assert table.written > 1, "something was held and given back"
    assert (table.reserved, table.reservations) == (0, set())


def test_there_are_more_units_than_attempts() -> None:
    assert measuring.WRITERS * measuring.ATTEMPTS_MAX <= UNITS


def test_units_that_cannot_be_given_back_are_reported(short: None) -> None:
    table = Table(kept_seconds=0.002)
    table.is_down = True

    with pytest.raises(Unexpected, match="could not be given back .* the reconciliation releases them within 12 min"):
        hold_time(deployed(table), CountedProbe())


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "TransactWriteItems"),
            "the caller has no permission",
        ),
        (cancelled("ConditionalCheckFailed"), "no attempt held a unit"),
        (cancelled(CONFLICT), "no attempt held a unit"),
    ],
)
def test_a_measurement_that_holds_nothing_fails(
    refusal: ClientError, sentence: str, short: None, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report()

    report.look_at(hold_time_points(deployed(Table(refusal=refusal)), CountedProbe()))

    [failure] = report.failures
    assert sentence in failure
    assert "the caller needs dynamodb:PutItem, UpdateItem and DeleteItem" in failure
