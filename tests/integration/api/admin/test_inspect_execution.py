"""The execution of a reservation over HTTP: as Step Functions describes it, or as it was recorded; never with a task token."""

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from inventory.aws.changes import to_attributes
from inventory.errors import ReservationNotFound
from inventory.identifiers import name_of
from inventory.reconciliation.failed_executions import CONTENT_LENGTH_MAX, read_event
from tests.integration.api.admin.conftest import STATE_MACHINE_ARN
from tests.support.http.fake_history import FakeHistory
from tests.support.http.gateway import Caller
from tests.support.shop import TASK_TOKEN, Shop
from tests.support.shop.cases import ended
from tests.support.template.openapi import definition

EXECUTION = STATE_MACHINE_ARN.replace("stateMachine", "execution") + ":"
TRACE_ID = "1-6b03513a-33f3270c1033100a2ccd491d"
INPUT = {"order_id": "1001", "lines": [{"product_id": "P-1", "quantity": 1}]}


def execution_of(caller: Caller, name: str = "R-1") -> dict[str, Any]:
    """The answer, checked against its documented schema."""
    answer = caller.get(f"/admin/reservations/{name}/execution")
    assert answer.status == 200, answer
    components = definition()["components"]
    OAS30Validator(components["schemas"]["ExecutionDetails"] | {"components": components}).validate(answer.content)
    content: dict[str, Any] = answer.content
    return content


def a_hold(shop: Shop) -> None:
    shop.stocks("P-1")
    shop.holds(("P-1", 1), reservation_id="R-1")


def test_a_running_execution_shows_its_input_and_where_to_look(
    manager: Caller, shop: Shop, history: FakeHistory
) -> None:
    a_hold(shop)
    history.runs(EXECUTION + "R-1", json.dumps(INPUT), traceHeader=f"Root={TRACE_ID};Parent=53995c3f42cd8ad8;Sampled=1")

    shown = execution_of(manager)

    assert (shown["status"], shown["input"], shown["output"]) == ("RUNNING", INPUT, None)
    assert (shown["started_at"], shown["ended_at"]) == ("2026-03-01T12:00:00.000Z", None)
    assert shown["trace_id"] == TRACE_ID
    links = shown["links"]
    assert links["execution"].endswith(f"details/{EXECUTION}R-1")
    assert links["trace"].endswith(f"#xray:traces/{TRACE_ID}")
    assert links["dashboard"].endswith("#dashboards/dashboard/inventory-dashboard")
    assert "workflow-logs" in links["logs"] and "2026-03-01T11*3a55" in links["logs"]


def test_an_execution_that_ended_shows_its_output(manager: Caller, shop: Shop, history: FakeHistory) -> None:
    a_hold(shop)
    output = {"reservation_id": "R-1", "status": "COMMITTED"}
    history.runs(EXECUTION + "R-1", json.dumps(INPUT), status="SUCCEEDED", output=json.dumps(output))

    shown = execution_of(manager)

    assert (shown["status"], shown["output"], shown["trace_id"], shown["links"]["trace"]) == (
        *("SUCCEEDED", output),
        *(None, None),
    )


def test_a_failed_execution_without_a_reservation_shows_its_error_and_its_cause(
    manager: Caller, history: FakeHistory
) -> None:
    history.fail(EXECUTION + "R-1", json.dumps(INPUT), error="InvalidReservation", cause="lines: missing")

    shown = execution_of(manager)

    assert (shown["status"], shown["error"], shown["cause"]) == ("FAILED", "InvalidReservation", "lines: missing")


def test_an_execution_is_found_by_what_the_caller_sent(manager: Caller, history: FakeHistory) -> None:
    key = "ORDER 1001"
    history.fail(EXECUTION + name_of(key), json.dumps(INPUT))

    assert execution_of(manager, "ORDER%201001")["execution_name"] == name_of(key)


def test_a_failed_execution_that_step_functions_has_deleted_is_shown_as_it_was_recorded(
    manager: Caller, shop: Shop
) -> None:
    shop.failed_execution_store.add(read_event(ended(name="R-1", input=json.dumps(INPUT))["detail"]))

    shown = execution_of(manager)

    assert (shown["status"], shown["input"]) == (None, INPUT)
    assert shown["error"] and shown["ended_at"]


@pytest.mark.parametrize("time", ["yesterday", "9999-12-31T23:59:59Z", "2026-03-02"])
def test_times_that_another_tool_wrote_do_not_hide_an_execution(manager: Caller, shop: Shop, time: str) -> None:
    row = {"execution_name": "R-1", "reservation_id": "R-1", "status": "FAILED", "failed_at": time, "started_at": time}
    shop.client.put_item(TableName=shop.tables.failed_executions, Item=to_attributes(row))

    shown = execution_of(manager)

    assert (shown["started_at"], shown["ended_at"]) == (time, time)
    assert shown["links"]["logs"]


def test_of_a_reservation_whose_execution_is_gone_the_links_are_left(manager: Caller, shop: Shop) -> None:
    a_hold(shop)

    shown = execution_of(manager)

    assert (shown["execution_name"], shown["status"], shown["input"]) == ("R-1", None, None)
    assert shown["links"]["logs"]


def test_without_a_reservation_and_an_execution_there_is_nothing(manager: Caller) -> None:
    answer = manager.get("/admin/reservations/R-1/execution")

    assert (answer.status, answer.content["code"]) == (404, ReservationNotFound.code)


def test_no_task_token_is_shown_wherever_it_is(manager: Caller, history: FakeHistory) -> None:
    token = (TASK_TOKEN * 300)[:668]
    held = {"lines": [], "note": f"begin {token} end", "task_token": token}
    history.fail(EXECUTION + "R-1", json.dumps(held), output=json.dumps([token]), error=token, cause=f"at {token}")

    shown = execution_of(manager)

    assert token not in json.dumps(shown)
    assert shown["input"] == {"lines": [], "note": "begin (removed) end", "task_token": "(removed)"}
    assert (shown["output"], shown["error"], shown["cause"]) == (["(removed)"], "(removed)", "at (removed)")


def test_a_very_long_input_is_cut_and_is_a_text(manager: Caller, history: FakeHistory) -> None:
    history.fail(EXECUTION + "R-1", json.dumps({"lines": ["a b"] * CONTENT_LENGTH_MAX}))

    shown = execution_of(manager)["input"]

    assert shown.startswith('{"lines": ["a b", ') and len(shown) == CONTENT_LENGTH_MAX


def test_an_unreadable_row_does_not_hide_its_execution(manager: Caller, shop: Shop, history: FakeHistory) -> None:
    a_hold(shop)
    row = {"reservation_id": {"S": "R-1"}, "status": {"S": "LOST"}}
    shop.client.put_item(TableName=shop.tables.reservations, Item=row)
    history.runs(EXECUTION + "R-1", json.dumps(INPUT))

    assert execution_of(manager)["input"] == INPUT
