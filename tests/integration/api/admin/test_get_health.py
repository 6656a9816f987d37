"""The state of the books and the alarms over HTTP: one half that fails leaves the other."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from inventory import dependencies
from inventory.admin.operations.alarms import Alarms
from inventory.model import iso
from inventory.reconciliation.findings import Findings
from inventory.reconciliation.incremental.result import ComparisonResult, ComparisonResults
from tests.support.aws_calls import Answer, refusal
from tests.support.fault_injection import hooked
from tests.support.http.fake_alarms import FakeAlarms, an_alarm
from tests.support.http.gateway import Caller
from tests.support.shop import Shop
from tests.support.shop.drift import tampers
from tests.support.template.openapi import definition

NOW = datetime.fromisoformat("2026-03-02T12:20:00Z")
NOTHING = Findings((), 5, ())
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:operations"


@pytest.fixture
def results(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> ComparisonResults:
    """The row of the last comparison; it is twenty past twelve."""
    monkeypatch.setattr("admin_routes.health.utc_now", lambda: NOW)
    results = ComparisonResults(shop.client, shop.tables)
    monkeypatch.setattr(dependencies, "comparison_results", lambda: results)
    return results


@pytest.fixture(autouse=True)
def alarms(results: ComparisonResults, monkeypatch: pytest.MonkeyPatch) -> FakeAlarms:
    """The alarms of CloudWatch: one, which is off. Each call reads them."""
    fake = FakeAlarms()
    monkeypatch.setattr(dependencies, "alarms", lambda: Alarms(fake.client, TOPIC_ARN))
    return fake


def health_of(caller: Caller) -> dict[str, Any]:
    """The answer, checked against its documented schema."""
    answer = caller.get("/admin/health")
    assert answer.status == 200, answer
    components = definition()["components"]
    OAS30Validator(components["schemas"]["Health"] | {"components": components}).validate(answer.content)
    content: dict[str, Any] = answer.content
    return content


def keep(results: ComparisonResults, ago: timedelta, findings: Findings = NOTHING) -> None:
    results.write(ComparisonResult.of(findings, NOW - ago), NOW)


def test_before_the_first_comparison_nothing_is_known_of_the_books(manager: Caller) -> None:
    assert health_of(manager) == {
        "books": {
            "state": "UNKNOWN",
            "checked_at": None,
            "differences": 0,
            "unsure": 0,
            "is_complete": False,
            "first": [],
        },
        "alarms": {"state": "OK", "on": []},
    }


def test_a_result_of_a_time_to_come_says_nothing(manager: Caller, results: ComparisonResults) -> None:
    keep(results, -timedelta(days=400))

    assert health_of(manager)["books"]["state"] == "UNKNOWN"


def test_books_agree_until_the_comparison_is_three_hours_old(manager: Caller, results: ComparisonResults) -> None:
    keep(results, timedelta(hours=3, seconds=1))
    stale = health_of(manager)["books"]
    keep(results, timedelta(hours=3))
    fresh = health_of(manager)["books"]

    assert (stale["state"], stale["checked_at"]) == ("UNKNOWN", iso(NOW - timedelta(hours=3, seconds=1)))
    assert fresh["state"] == "AGREE"


def test_a_comparison_without_the_time_for_everything_does_not_say_that_the_books_agree(
    manager: Caller, results: ComparisonResults
) -> None:
    keep(results, timedelta(minutes=1), Findings((), 5, (), is_complete=False))

    books = health_of(manager)["books"]

    assert (books["state"], books["is_complete"]) == ("UNKNOWN", False)


def test_a_level_that_has_drifted_is_shown_with_what_differs(
    manager: Caller, shop: Shop, results: ComparisonResults
) -> None:
    shop.stocks("P-1", on_hand=5)
    tampers(shop, on_hand=2, available=2)
    keep(results, timedelta(minutes=12), shop.finds_drift())

    books = health_of(manager)["books"]

    assert (books["state"], books["differences"]) == ("DIFFER", 1)
    [first] = books["first"]
    assert (first["product_id"], first["warehouse_id"]) == ("P-1", "main")
    assert first["what"] == ["7 on hand, but its movements add up to 5"]


def test_alarms_that_are_on_are_listed_with_their_runbook(manager: Caller, alarms: FakeAlarms) -> None:
    alarms.found = [an_alarm("NoHoldsAlarm"), an_alarm("StockDriftAlarm", "ALARM")]

    shown = health_of(manager)["alarms"]

    assert shown["state"] == "ALARM"
    assert [(alarm["name"], alarm["runbook"]) for alarm in shown["on"]] == [
        ("StockDriftAlarm", "docs/operations.md#stock-drift")
    ]


def test_without_any_alarm_nobody_watches(manager: Caller, alarms: FakeAlarms) -> None:
    alarms.found = []

    assert health_of(manager)["alarms"] == {"state": "UNKNOWN", "on": []}


def test_alarms_that_cannot_be_read_leave_the_books(
    manager: Caller, alarms: FakeAlarms, results: ComparisonResults
) -> None:
    keep(results, timedelta(minutes=1))
    alarms.is_refused = True

    health = health_of(manager)

    assert (health["books"]["state"], health["alarms"]["state"]) == ("AGREE", "UNKNOWN")


def test_books_that_cannot_be_read_leave_the_alarms(
    manager: Caller, shop: Shop, alarms: FakeAlarms, results: ComparisonResults
) -> None:
    keep(results, timedelta(minutes=1))
    alarms.found = [an_alarm("StockDriftAlarm", "ALARM")]

    def refuse(params: dict[str, Any], **_: Any) -> Answer | None:
        is_result = json.loads(params["body"])["TableName"] == shop.tables.ledger_checkpoints
        return refusal("AccessDeniedException") if is_result else None

    with hooked(shop.client, "before-call", refuse):
        health = health_of(manager)

    assert (health["books"]["state"], health["alarms"]["state"]) == ("UNKNOWN", "ALARM")
