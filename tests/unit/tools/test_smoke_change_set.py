"""The free point of `make smoke`: a change set is made, read and deleted, and what was there before stays."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.local.errors import CommandFailed
from tools.smoke import __main__ as command
from tools.smoke.__main__ import FAILED, WORKS, main
from tools.smoke.change_set import ChangeSet
from tools.smoke.steps import Report


class CloudFormation:
    """Stacks with their status, and change sets with the actions of their changes."""

    def __init__(self, **stacks: str) -> None:
        self.stacks = stacks
        self.change_sets: dict[str, list[str]] = {}

    def describe_stacks(self, StackName: str) -> Any:
        self._find(StackName)
        return {"Stacks": [{"StackStatus": self.stacks[StackName]}]}

    def delete_stack(self, StackName: str) -> None:
        del self.stacks[StackName]

    def delete_change_set(self, ChangeSetName: str) -> None:
        del self.change_sets[ChangeSetName]

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=getattr(self, f"_{operation}"))

    def _list_change_sets(self, StackName: str) -> Any:
        self._find(StackName)
        return [{"Summaries": [{"ChangeSetId": name, "ChangeSetName": name} for name in self.change_sets]}]

    def _describe_change_set(self, ChangeSetName: str) -> Any:
        changes = [{"ResourceChange": {"Action": action}} for action in self.change_sets[ChangeSetName]]
        return [{"Changes": changes}]

    def _find(self, name: str) -> None:
        if name not in self.stacks:
            message = f"Stack with id {name} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "Operation")


class Sam:
    """The SAM CLI: makes a change set, and the stack where there is none."""

    def __init__(self, cloudformation: CloudFormation, *, error: BaseException | None = None) -> None:
        self._cloudformation = cloudformation
        self._error = error
        self.calls: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> None:
        self.calls.append(arguments)
        if arguments[0] == "deploy":
            self._cloudformation.stacks.setdefault("inventory", "REVIEW_IN_PROGRESS")
            self._cloudformation.change_sets["samcli-deploy2"] = ["Add", "Add", "Modify"]
            if self._error:
                raise self._error


def look(cloudformation: CloudFormation, sam: Sam) -> Report:
    report = Report()
    report.look_at([ChangeSet("prod", "inventory", cloudformation, sam).point()])
    return report


def test_a_new_stack_is_gone_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    cloudformation = CloudFormation()
    sam = Sam(cloudformation)

    assert not look(cloudformation, sam).failures

    assert "make a change set of the stage prod without executing it … it would add 2, modify 1; " in (
        capsys.readouterr().out
    )
    assert (cloudformation.stacks, cloudformation.change_sets) == ({}, {})
    build, deploy = sam.calls
    assert build[0] == "build" and build[-2:] == ["--config-env", "prod"]
    assert {"--no-execute-changeset", "--no-confirm-changeset"} <= set(deploy)
    assert deploy[deploy.index("--stack-name") + 1] == "inventory"


def test_an_existing_stack_and_the_change_sets_of_others_stay() -> None:
    cloudformation = CloudFormation(inventory="UPDATE_COMPLETE")
    cloudformation.change_sets = {"samcli-deploy1": ["Modify"], "by-hand": ["Remove"]}

    assert not look(cloudformation, Sam(cloudformation)).failures

    assert cloudformation.stacks == {"inventory": "UPDATE_COMPLETE"}
    assert cloudformation.change_sets.keys() == {"samcli-deploy1", "by-hand"}


def test_a_stack_in_review_that_was_there_before_stays() -> None:
    cloudformation = CloudFormation(inventory="REVIEW_IN_PROGRESS")

    assert not look(cloudformation, Sam(cloudformation)).failures

    assert cloudformation.stacks == {"inventory": "REVIEW_IN_PROGRESS"}


def test_a_template_that_is_refused_fails_and_leaves_nothing() -> None:
    cloudformation = CloudFormation()

    report = look(cloudformation, Sam(cloudformation, error=CommandFailed("sam deploy failed:\n  Circular dependency")))

    [failure] = report.failures
    assert "Circular dependency" in failure
    assert "change template.yaml or the stage in samconfig.toml" in failure
    assert (cloudformation.stacks, cloudformation.change_sets) == ({}, {})


def test_ctrl_c_leaves_nothing() -> None:
    cloudformation = CloudFormation()

    with pytest.raises(KeyboardInterrupt):
        look(cloudformation, Sam(cloudformation, error=KeyboardInterrupt()))

    assert (cloudformation.stacks, cloudformation.change_sets) == ({}, {})


def test_a_caller_without_permission_is_told_so() -> None:
    def denied(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "DescribeStacks")

    report = Report()

    report.look_at(
        [ChangeSet("prod", "inventory", SimpleNamespace(describe_stacks=denied), lambda arguments: None).point()]
    )

    [failure] = report.failures
    assert "the caller has no permission" in failure and "needs the permissions of a deployment" in failure


# --- the command


@pytest.fixture
def with_change_set(monkeypatch: pytest.MonkeyPatch) -> Callable[[CloudFormation, Sam], list[tuple[str, str]]]:
    """Lets the command make its change sets here; returns of which stages and stacks it made them."""

    def install(cloudformation: CloudFormation, sam: Sam) -> list[tuple[str, str]]:
        made: list[tuple[str, str]] = []

        def change_set(stage: str, stack_name: str, region: str | None) -> ChangeSet:
            made.append((stage, stack_name))
            return ChangeSet(stage, "inventory", cloudformation, sam)

        monkeypatch.setattr(command, "_change_set", change_set)
        return made

    return install


def test_a_stage_without_a_stack_gets_only_the_free_point(
    with_change_set: Callable[..., list[tuple[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation = CloudFormation()
    made = with_change_set(cloudformation, Sam(cloudformation))

    assert main(["--stage", "prod"]) == WORKS

    assert made == [("prod", "inventory-prod")]
    printed = capsys.readouterr().out
    assert "Nothing else was tested" in printed and "It works." not in printed


def test_a_stage_that_is_refused_is_not_tested_further(
    with_change_set: Callable[..., list[tuple[str, str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    cloudformation = CloudFormation(inventory="UPDATE_COMPLETE")
    with_change_set(cloudformation, Sam(cloudformation, error=CommandFailed("sam deploy failed")))

    assert main(["--stage", "prod", "--stack-name", "inventory"]) == FAILED

    assert "find the stack" not in capsys.readouterr().out


def test_an_unknown_stage_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "nowhere"]) == FAILED

    error = capsys.readouterr().err
    assert error.startswith("samconfig.toml has no ") and "nowhere" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "one of the arguments --local --stack-name --stage is required"),
        (["--local", "--stage", "prod"], "--stage makes a change set on AWS: use it without --local"),
        (["--local", "--stack-name", "x"], "not allowed with argument"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)

    assert problem in capsys.readouterr().err


def test_a_stack_that_cannot_be_read_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    assert main(["--stack-name", "inventory", "--region", "eu-central-1"]) == FAILED

    error = capsys.readouterr().err
    assert error.startswith("Failed: find the stack: The stack inventory cannot be read: There are no AWS credentials.")
    assert error.count("\n") == 1
