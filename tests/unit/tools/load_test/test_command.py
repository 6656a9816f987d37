"""The command of the load test: what it refuses before anything is written."""

import pytest

from tools.load_test import __main__ as load_test
from tools.load_test.plan import BadPlan, Plan
from tools.load_test.run import rehearse
from tools.load_test.shoppers import Shoppers
from tools.local import Credentials, Stack

STACK = Stack(
    endpoint_url="http://127.0.0.1:1",
    stepfunctions_endpoint_url="http://127.0.0.1:1",
    region="us-east-1",
    outputs={"ApiUrl": "http://127.0.0.1:1/v1"},
    operator=Credentials("operator", "secret"),
    checkout=Credentials("checkout", "secret"),
    storefront_api_key="key",
)


@pytest.mark.parametrize("arguments", [["--rate", "0"], ["--rate", "fast"], ["--seconds", "0"], ["--ramp", "31"]])
def test_a_bad_setting_is_one_sentence(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load_test, "running_stack", lambda: pytest.fail("the local AWS was looked for"))

    assert load_test.main(arguments) == 1

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(arguments[0].removeprefix("--").upper()) and output.err.count("\n") == 1


def test_without_a_local_aws_it_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(load_test, "running_stack", lambda: None)

    assert load_test.main([]) == 1

    assert capsys.readouterr() == ("", "No local AWS is running. Start it first: make up\n")


def test_a_rate_that_no_machine_offers_is_refused_before_anything_is_sent() -> None:
    plan = Plan(rate=10_000, seconds=60, ramp=0, products=1)

    with pytest.raises(BadPlan, match="cannot offer 10000 shoppers"):
        rehearse(plan, Shoppers(STACK, ["P-1"], lambda: 0.0))


def test_a_low_rate_can_be_offered() -> None:
    rehearse(Plan(rate=5, seconds=60, ramp=0, products=1), Shoppers(STACK, ["P-1"], lambda: 0.0))
