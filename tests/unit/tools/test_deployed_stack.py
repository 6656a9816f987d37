"""Where a command finds the API of a stack."""

from typing import Any

import boto3
import pytest

from tools.deployed_stack import DeployedStack

API_URL = "https://abc123.execute-api.eu-central-1.amazonaws.com/v1"


class FakeSession:
    """A session whose CloudFormation has one stack."""

    def __init__(self, **_: Any) -> None:
        pass

    def client(self, _service: str) -> "FakeSession":
        return self

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        outputs = {"ApiUrl": API_URL, "InventoryTableName": "inventory"}
        described = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        return {"Stacks": [{"Outputs": described}]}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with one stack."""
    monkeypatch.setattr(boto3, "Session", FakeSession)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_on_aws_the_api_has_its_own_address() -> None:
    assert DeployedStack.on_aws("inventory", None).output("ApiUrl") == API_URL


def test_at_an_endpoint_the_api_has_an_address_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:7000")

    stack = DeployedStack.on_aws("inventory", None)

    assert stack.output("ApiUrl") == "http://127.0.0.1:7000/_aws/execute-api/abc123/v1"
    assert stack.output("InventoryTableName") == "inventory"
