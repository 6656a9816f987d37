"""Answers to a direct invocation: a client error is returned with its code, any other error fails the invocation."""

import importlib
from typing import Any

import pytest

from inventory.entrypoints.direct_invoke import parse_call, reject_content, return_errors
from inventory.errors import (
    AlreadyDecided,
    FieldError,
    InvalidRequest,
    InvalidReservation,
    ReservationNotFound,
    StockDrifted,
    TransientError,
)
from tests.support.http.gateway import CONTEXT


def answer_to(error: Exception) -> dict[str, Any]:
    """The answer of a function that raises this error."""

    @return_errors
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise error

    return handler({}, CONTEXT)


def test_an_answer_is_returned_unchanged() -> None:
    @return_errors
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return {"status": "HELD"}

    assert handler({}, CONTEXT) == {"status": "HELD"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReservationNotFound("there is no reservation R-1"), "RESERVATION_NOT_FOUND"),
        (AlreadyDecided("reservation R-1 is PAID"), "ALREADY_DECIDED"),
    ],
)
def test_a_client_error_is_returned_with_its_code(error: Exception, code: str) -> None:
    assert answer_to(error) == {"error": {"code": code, "detail": str(error)}}


@pytest.mark.parametrize("kind", [InvalidRequest, InvalidReservation])
def test_every_invalid_field_is_returned(kind: type[InvalidRequest]) -> None:
    answer = answer_to(kind([FieldError("outcome", "is required"), FieldError("retry", "must be true or false")]))

    assert answer == {
        "error": {
            "code": "VALIDATION_FAILED",
            "detail": "outcome: is required; retry: must be true or false",
            "errors": [
                {"field": "outcome", "message": "is required"},
                {"field": "retry", "message": "must be true or false"},
            ],
        }
    }


@pytest.mark.parametrize("error", [TransientError("later"), StockDrifted("look"), KeyError("lines")])
def test_any_other_error_fails_the_invocation(error: Exception) -> None:
    with pytest.raises(type(error)):
        answer_to(error)


def test_a_call_is_split_into_its_reservation_id_and_its_content() -> None:
    event = {"reservation_id": "R-1", "outcome": "FAILED"}

    assert parse_call(event) == ("R-1", {"outcome": "FAILED"})
    assert event == {"reservation_id": "R-1", "outcome": "FAILED"}


@pytest.mark.parametrize("event", [None, [], "R-1", 1, {}, {"reservation_id": None}, {"reservation_id": "R\n1"}])
def test_a_call_without_a_reservation_is_refused(event: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_call(event)

    assert [error.field for error in refused.value.errors] == ["reservation_id"]


def test_unknown_fields_of_a_call_are_named() -> None:
    with pytest.raises(InvalidRequest, match="^force: is not a known field; reason: is not a known field$"):
        reject_content({"reason": "x", "force": True})

    reject_content({})


@pytest.mark.parametrize("function", ["record_payment", "cancel_reservation", "extend_hold"])
@pytest.mark.parametrize("event", [{}, None, [], {"reservation_id": "R-1\n"}], ids=str)
def test_an_invalid_call_is_refused_before_the_function_needs_settings_or_connections(
    function: str, event: object
) -> None:
    answer = importlib.import_module(function).handler(event, CONTEXT)

    assert answer["error"]["code"] == "VALIDATION_FAILED"
    assert [error["field"] for error in answer["error"]["errors"]] == ["reservation_id"]


@pytest.mark.parametrize("function", ["cancel_reservation", "extend_hold"])
def test_a_function_without_content_refuses_content(function: str) -> None:
    answer = importlib.import_module(function).handler({"reservation_id": "R-1", "reason": "mine"}, CONTEXT)

    assert answer["error"]["errors"] == [{"field": "reason", "message": "is not a known field"}]
