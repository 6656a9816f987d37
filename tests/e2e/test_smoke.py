"""`make smoke`: reports that a stack works or which step fails, and cleans up."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from tools.demo.stock_loader import StockLoader
from tools.deployed_stack import DeployedStack
from tools.local import Stack
from tools.smoke.__main__ import FAILED, WORKS, main
from tools.smoke.probe import PRODUCT_ID, UNITS

USER = "cannot-pay"


@pytest.fixture
def operated(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> DeployedStack:
    """The local AWS of the tests, instead of the one that `make up` starts."""
    operated = DeployedStack.of_local(stack)
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: operated)
    return operated


@pytest.fixture
def cannot_pay(stack: Stack, operated: DeployedStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command runs as a user who may do everything except report payments."""
    iam = stack.client("iam")
    denied = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*/POST/reservations/*/payment"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [everything, denied]}
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="no-payments", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=stack.region)
    limited = replace(operated, session=session)
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: limited)
    yield
    iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=USER, PolicyName="no-payments")
    iam.delete_user(UserName=USER)


def probe_level(stock_loader: StockLoader) -> dict[str, Any]:
    [level] = [level for level in stock_loader.levels() if level["product_id"] == PRODUCT_ID]
    return level


def is_restored(level: dict[str, Any]) -> bool:
    """Whether all units are available again."""
    return (level["on_hand"], level["reserved"], level["available"]) == (UNITS, 0, UNITS)


def test_a_stack_that_works_is_reported_and_restored(
    operated: DeployedStack, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local"]) == WORKS
    assert main(["--local"]) == WORKS, "it works a second time, when the probe exists already"

    assert capsys.readouterr().out.count("It works.") == 2
    assert is_restored(probe_level(stock_loader))
    assert stock_loader.differences() == []


def test_the_failing_step_is_named_and_nothing_stays_held(
    cannot_pay: None, stock_loader: StockLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--local"]) == FAILED

    printed = capsys.readouterr()
    assert "Failed: pay for the hold: " in printed.err
    assert "It works." not in printed.out
    assert is_restored(probe_level(stock_loader))
    assert stock_loader.differences() == []


def test_another_stack_is_not_touched(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    another = replace(DeployedStack.of_local(stack), outputs={"BucketName": "cats"})
    monkeypatch.setattr(DeployedStack, "on_this_machine", lambda: another)

    assert main(["--local"]) == FAILED
    assert "Failed: find the API and its key: This is a different kind of stack" in capsys.readouterr().err
