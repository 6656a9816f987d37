"""`make check-on-aws` on its own: its options, its one-sentence errors, and what it sends."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ParamValidationError
from botocore.validate import ParamValidator

from tools.check_on_aws import __main__ as command
from tools.check_on_aws.__main__ import FAILED, check, main
from tools.check_on_aws.case import Case, Expected, Failure, Result, Retrying
from tools.check_on_aws.cases import all_cases
from tools.check_on_aws.definition import DEFINITION, Target, load_definition
from tools.check_on_aws.errors import BadDefinition, NotChecked
from tools.check_on_aws.request import differences, request_of

TARGET = Target("eu-central-1")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody, so that no test depends on those of the machine."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def raising(error: Exception) -> Callable[..., Mapping[str, Any]]:
    """A TestState that fails."""

    def test_state(**_: Any) -> Mapping[str, Any]:
        raise error

    return test_state


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "TestState")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoCredentialsError(), "There are no AWS credentials. Sign in first, for example: aws configure"),
        (refusal("AccessDeniedException"), "The caller may not run states. Allow it the action states:TestState on *."),
        (refusal("ExpiredTokenException"), "The AWS credentials are expired or invalid. Sign in again."),
        (refusal("UnrecognizedClientException"), "The AWS credentials are expired or invalid. Sign in again."),
        (refusal("ThrottlingException"), "AWS throttles TestState, also after 10 attempts. Run this again later."),
        (ParamValidationError(report="Unknown parameter: mock"), command.TOO_OLD),
        (EndpointConnectionError(endpoint_url="https://x"), "AWS cannot be called: Could not connect to the endpoint"),
    ],
)
def test_what_stops_the_check_is_one_sentence(
    error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_step_functions", lambda region: (TARGET, raising(error)))

    assert main([]) == FAILED

    assert capsys.readouterr().err.startswith(sentence)


def test_without_a_region_one_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == FAILED

    assert capsys.readouterr().err == "No region is set. Give one: --region eu-central-1\n"


def test_a_botocore_without_test_state_is_too_old(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = type("Client", (), {"meta": boto3.client("stepfunctions", region_name="eu-central-1").meta})()
    monkeypatch.setattr(boto3.Session, "client", lambda *arguments, **options: old)

    assert main(["--region", "eu-central-1"]) == FAILED

    assert capsys.readouterr().err == f"{command.TOO_OLD}\n"


def test_ctrl_c_stops_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(command, "_step_functions", lambda region: (TARGET, raising(KeyboardInterrupt())))  # type: ignore[arg-type]

    assert main([]) == command.STOPPED
    assert capsys.readouterr().err == "Stopped.\n"


def test_throttled_calls_are_tried_again_more_and_more_slowly() -> None:
    _, test_state = command._step_functions("eu-central-1")

    retries = test_state.__self__.meta.config.retries  # type: ignore[attr-defined]
    assert (retries["mode"], retries["total_max_attempts"]) == ("adaptive", 10)


def test_a_state_that_aws_refuses_is_reported_and_the_others_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    definition = load_definition(DEFINITION, TARGET)

    assert check(definition, TARGET, raising(refusal("InvalidDefinition"))) == command.DIFFERS

    printed = capsys.readouterr().out
    assert "FAILED  ReservationReleased: ends: status is refused (InvalidDefinition: no), not SUCCEEDED" in printed
    assert "0 of " in printed.splitlines()[-1]


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_those_of_the_region(region: str, partition: str) -> None:
    target, _ = command._step_functions(region)

    assert target == Target(region, partition)
    assert target.fill("${LowStockTopicArn}") == f"arn:{partition}:sns:{region}:123456789012:LowStockTopic"


def test_every_substitution_is_filled_in() -> None:
    assert "${" not in str(load_definition(DEFINITION, TARGET))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("States: {A: {Resource: '${SomethingNew}'}}", "${SomethingNew} is a substitution of an unknown kind."),
        ("StartAt: A", "workflow.yaml has no States"),
        ("- A", "workflow.yaml has no States"),
        ("{", "workflow.yaml cannot be read"),
    ],
)
def test_a_file_that_is_no_definition_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "workflow.yaml"
    path.write_text(text)

    with pytest.raises(BadDefinition) as raised:
        load_definition(path, TARGET)

    assert str(raised.value).startswith(problem)


def test_a_missing_file_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--region", "eu-central-1", "--definition", "missing.yaml"]) == FAILED

    assert capsys.readouterr().err.startswith("missing.yaml cannot be read: ")


def test_aws_accepts_the_parameters_of_every_case() -> None:
    model = boto3.client("stepfunctions", region_name="eu-central-1").meta.service_model
    shape: Any = model.operation_model("TestState").input_shape
    definition = load_definition(DEFINITION, TARGET)

    for case in all_cases(TARGET):
        parameters = request_of(case, definition, TARGET)
        assert not ParamValidator().validate(parameters, shape).has_errors(), case
        assert "roleArn" not in parameters, "a role would have to exist"


SUCCEEDED = {"status": "SUCCEEDED", "nextState": "B", "output": '{"x": 1}', "inspectionData": {"variables": '{"v": 2}'}}
RETRIABLE = {
    "status": "RETRIABLE",
    "error": "E",
    "cause": "the cause",
    "inspectionData": {"errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 3}},
}
SUCCESS = Case("A", "works", Expected("SUCCEEDED", "B", {"x": 1}, assigns={"v": 2}), mock=Result({}))
RETRY = Case(
    "A", "again", Expected("RETRIABLE", error="E", cause="the cause", retrying=Retrying(0, 4)), mock=Failure("E")
)


@pytest.mark.parametrize(
    ("case", "answer", "difference"),
    [
        (SUCCESS, SUCCEEDED, None),
        (SUCCESS, SUCCEEDED | {"status": "FAILED"}, "status is FAILED, not SUCCEEDED"),
        (SUCCESS, SUCCEEDED | {"nextState": "C"}, "the next state is C, not B"),
        (SUCCESS, SUCCEEDED | {"output": "{}"}, 'output is {}, not {"x": 1}'),
        (SUCCESS, SUCCEEDED | {"error": "E"}, "error is E, not nothing"),
        (SUCCESS, SUCCEEDED | {"inspectionData": {}}, 'variables is nothing, not {"v": 2}'),
        (RETRY, RETRIABLE, None),
        (
            RETRY,
            RETRIABLE | {"inspectionData": {"errorDetails": {"retryIndex": 1, "retryBackoffIntervalSeconds": 3}}},
            "the index in Retry is 1, not 0",
        ),
        (
            RETRY,
            RETRIABLE | {"inspectionData": {"errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 5}}},
            "the pause before the retry is 5, not between 0 and 4 s",
        ),
        (
            RETRY,
            RETRIABLE | {"inspectionData": {"errorDetails": {"retryIndex": 0}}},
            "the pause before the retry is nothing, not between 0 and 4 s",
        ),
    ],
)
def test_what_differs_in_an_answer_is_named(case: Case, answer: dict[str, Any], difference: str | None) -> None:
    assert differences(case, answer) == ([difference] if difference else [])


def test_nothing_is_checked_after_the_call_was_denied(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotChecked):
        check(load_definition(DEFINITION, TARGET), TARGET, raising(refusal("AccessDeniedException")))

    assert "cases are as expected" not in capsys.readouterr().out
