"""The demo's checkout service follows its executions within the quotas of Step Functions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.demo import checkout
from tools.demo.checkout import CheckoutService
from tools.local import Credentials, Stack

MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
URL = "http://127.0.0.1:1"
RUNNING = {"status": "RUNNING"}
SUCCEEDED = {"status": "SUCCEEDED", "output": "{}"}


def refused(code: str) -> ClientError:
    """An error of Step Functions."""
    return ClientError({"Error": {"Code": code, "Message": code}}, "DescribeExecution")


def service_whose_executions_are(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> CheckoutService:
    """A checkout service; each call of DescribeExecution gets the next answer."""
    monkeypatch.setattr(checkout, "FIRST_PAUSE_SECONDS", 0.01)
    key, remaining = Credentials("k", "s"), list(answers)
    outputs = {"ReservationStateMachineArn": MACHINE_ARN, "ApiUrl": URL}
    service = CheckoutService(Stack(URL, URL, "us-east-1", outputs, operator=key, checkout=key))

    def describe_execution(**_: Any) -> Any:
        answer = remaining.pop(0)
        if isinstance(answer, ClientError):
            raise answer
        return answer

    monkeypatch.setattr(service._workflow, "describe_execution", describe_execution)
    return service


def test_the_end_is_awaited_although_calls_are_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    service = service_whose_executions_are(monkeypatch, RUNNING, refused("ThrottlingException"), SUCCEEDED)

    assert service.await_end("order-1").status == "SUCCEEDED"


def test_other_errors_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    service = service_whose_executions_are(monkeypatch, refused("AccessDeniedException"))

    with pytest.raises(ClientError, match="AccessDenied"):
        service.await_end("order-1")


def test_an_execution_that_failed_without_a_reservation_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = {"status": "FAILED", "error": "InvalidReservation"}
    service = service_whose_executions_are(monkeypatch, refused("ThrottlingException"), failed)
    monkeypatch.setattr(service, "status", lambda _: None)

    assert service.await_status("order-1", "HELD") == "FAILED"
