"""The steps of `make deploy`: what SAM is given, the first deployment, and deployments that fail or are declined."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.template.source import ROOT
from tools.deploy import __main__ as command_line
from tools.deploy.certificate import Certificate
from tools.deploy.deployment import Steps, deploy
from tools.deploy.errors import DeployError, NotExecuted
from tools.deploy.parameters import declared_parameters, parse_overrides
from tools.deploy.preflight import Checked
from tools.deploy.settings import DeploySettings
from tools.deploy.stack import DeployedStack

DECLARED = declared_parameters(ROOT / "template.yaml")


@dataclass
class FakeAws:
    """An account, the `sam` that changes its one stack, and everything that was run."""

    status: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    fails_at: int | None = None  # the number of the deployment
    status_after_failure: str | None = None
    declines: bool = False
    page_fails: bool = False
    id: str = "123456789012"
    region: str = "eu-central-1"
    run: list[list[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    change_sets: set[str] = field(default_factory=lambda: {"declined last week"})

    def stack(self, name: str) -> DeployedStack | None:
        return DeployedStack(self.status, self.parameters) if self.status else None

    def certificate(self, arn: str) -> Certificate | None:
        return None

    def has_event_bus(self, name: str) -> bool:
        return name == "default"

    def concurrency(self) -> int:
        return 1000

    def open_change_sets(self, name: str) -> set[str]:
        return set(self.change_sets)

    def sam(self, arguments: Sequence[str]) -> int:
        self.run.append(["sam", *arguments])
        if arguments[0] == "build":
            return 0
        if self.declines:
            self.change_sets.add("declined now")
            self.status = self.status or "REVIEW_IN_PROGRESS"
            return 0
        if len(self.deployments) == self.fails_at:
            self.status = self.status_after_failure
            return 1
        self.parameters |= overrides(arguments)
        self.status = "UPDATE_COMPLETE" if self.status else "CREATE_COMPLETE"
        return 0

    @property
    def deployments(self) -> list[list[str]]:
        return [command for command in self.run if command[:2] == ["sam", "deploy"]]

    @property
    def protection(self) -> list[str]:
        """The value of DeletionProtection in each deployment."""
        return [overrides(command)["DeletionProtection"] for command in self.deployments]

    def steps(self) -> Steps:
        return Steps(
            sam=self.sam,
            build_page=lambda: self._note("page", failed=self.page_fails),
            check_packages=lambda runtime, architecture: self.run.append(["packages", runtime, architecture]),
            finish_packages=lambda runtime: self.run.append(["finish", runtime]),
            publish=lambda: self.run.append(["publish"]),
            log=self.said.append,
        )

    def _note(self, name: str, *, failed: bool) -> int:
        self.run.append([name])
        return int(failed)


def overrides(command: Sequence[str]) -> dict[str, str]:
    """The parameters that a command of SAM was given."""
    position = list(command).index("--parameter-overrides")
    return parse_overrides(list(command[position + 1 :]))


def a_stage(*sam_arguments: str, has_page: bool = True, parameters: Mapping[str, str] | None = None) -> DeploySettings:
    chosen = {"LogRetentionDays": "30"} | dict(parameters or {})
    return DeploySettings("prod", "inventory", None, None, chosen, sam_arguments, has_page=has_page)


def deployed(aws: FakeAws, settings: DeploySettings | None = None) -> FakeAws:
    deploy(settings or a_stage(), DECLARED, Checked(aws, aws.stack("inventory"), []), aws.steps())
    return aws


@pytest.mark.parametrize("status", [None, "REVIEW_IN_PROGRESS"])
def test_a_first_deployment_is_made_without_protection_and_then_protected(status: str | None) -> None:
    aws = deployed(FakeAws(status))

    assert aws.protection == ["false", "true"]
    assert "--no-confirm-changeset" not in aws.deployments[0]
    assert "--no-confirm-changeset" in aws.deployments[1]
    assert any("without deletion protection" in text for text in aws.said)
    assert {"LogRetentionDays": "30"}.items() <= overrides(aws.deployments[1]).items()


def test_an_update_is_one_deployment_with_protection() -> None:
    aws = deployed(FakeAws("UPDATE_COMPLETE"))

    assert aws.protection == ["true"]
    assert not any("without deletion protection" in text for text in aws.said)


def test_a_deployment_after_an_interrupted_first_one_turns_the_protection_on() -> None:
    # SAM keeps the value of the deployed stack for a parameter that it is not given.
    aws = deployed(FakeAws("CREATE_COMPLETE", {"DeletionProtection": "false"}))

    assert aws.protection == ["true"]


@pytest.mark.parametrize("status", [None, "UPDATE_COMPLETE"])
def test_a_stage_without_protection_is_deployed_once_without_it(status: str | None) -> None:
    aws = deployed(FakeAws(status), a_stage(parameters={"DeletionProtection": "false"}))

    assert aws.protection == ["false"]


def test_the_steps_have_their_order() -> None:
    aws = deployed(FakeAws("UPDATE_COMPLETE"))

    assert [command[0] if command[0] != "sam" else command[1] for command in aws.run] == [
        "page",
        "build",
        "packages",
        "finish",
        "deploy",
        "publish",
    ]


def test_without_the_page_only_the_functions_are_built_and_nothing_is_published() -> None:
    aws = deployed(FakeAws("UPDATE_COMPLETE"), a_stage(has_page=False))

    assert not [command for command in aws.run if command[0] in ("page", "publish")]
    assert len(aws.deployments) == 1


def test_arguments_of_sam_reach_every_deployment_and_no_build() -> None:
    aws = deployed(FakeAws(), a_stage("--tags", "team=shop"))

    assert [command[8:10] for command in aws.deployments] == [["--tags", "team=shop"]] * 2
    assert aws.deployments[0][:8] == [
        *("sam", "deploy", "--config-env", "prod", "--stack-name", "inventory", "--region", "eu-central-1")
    ]
    [build] = [command for command in aws.run if command[:2] == ["sam", "build"]]
    assert "--tags" not in build


@pytest.mark.parametrize(
    ("deployed_before", "chosen", "runtime"),
    [
        ({}, {}, "python3.13"),
        ({}, {"Runtime": "python3.12"}, "python3.12"),
        ({"Runtime": "python3.14"}, {}, "python3.14"),
        ({"Runtime": "python3.14"}, {"Runtime": "python3.12"}, "python3.12"),
    ],
)
def test_the_functions_are_built_and_checked_for_the_runtime_that_they_will_have(
    deployed_before: dict[str, str], chosen: dict[str, str], runtime: str
) -> None:
    aws = deployed(FakeAws("UPDATE_COMPLETE", deployed_before), a_stage(parameters=chosen))

    [build] = [command for command in aws.run if command[:2] == ["sam", "build"]]
    assert overrides(build)["Runtime"] == runtime
    assert ["packages", runtime, "arm64"] in aws.run


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name inventory --region eu-central-1"),
        ("ROLLBACK_FAILED", "docs/deployment.md#the-way-out-of-a-failed-deployment"),
        ("REVIEW_IN_PROGRESS", "Nothing was created. Fix the cause"),
        (None, "Nothing was created. Fix the cause"),
    ],
)
def test_a_failed_first_deployment_names_the_way_out_and_publishes_nothing(status: str | None, sentence: str) -> None:
    aws = FakeAws(fails_at=1, status_after_failure=status)

    with pytest.raises(DeployError, match=sentence):
        deployed(aws)

    assert len(aws.deployments) == 1
    assert ["publish"] not in aws.run


def test_a_failed_update_says_that_the_previous_version_runs() -> None:
    aws = FakeAws("UPDATE_COMPLETE", fails_at=1, status_after_failure="UPDATE_ROLLBACK_COMPLETE")

    with pytest.raises(DeployError, match="The previous version is running again"):
        deployed(aws)


def test_a_failed_protection_says_that_the_stack_is_deployed_without_it() -> None:
    aws = FakeAws(fails_at=2, status_after_failure="UPDATE_ROLLBACK_COMPLETE")

    with pytest.raises(DeployError, match="is deployed, but without deletion protection.* Run make deploy again"):
        deployed(aws)


@pytest.mark.parametrize("status", [None, "UPDATE_COMPLETE"])
def test_a_declined_change_set_publishes_nothing(status: str | None) -> None:
    aws = FakeAws(status, declines=True)

    with pytest.raises(NotExecuted, match="nothing was deployed, and the page was not published"):
        deployed(aws)

    assert len(aws.deployments) == 1
    assert ["publish"] not in aws.run


def test_a_page_that_cannot_be_built_stops_before_the_functions_are_built() -> None:
    aws = FakeAws(page_fails=True)

    with pytest.raises(DeployError, match=r"needs Node\.js .*--no-page"):
        deployed(aws)

    assert aws.run == [["page"]]


# --- The command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, FakeAws]]:
    """Run the command in this process, with an account and commands that are fakes."""

    def run_command(aws: FakeAws, *arguments: str) -> tuple[int, FakeAws]:
        monkeypatch.setattr(command_line, "Account", lambda *_: aws)
        monkeypatch.setattr(command_line, "_steps", lambda *_: aws.steps())
        monkeypatch.setattr("tools.deploy.preflight.build_problem", lambda *_, **__: None)
        return command_line.main(arguments), aws

    return run_command


def test_the_command_deploys_the_stage_with_the_parameters_of_both(run: Callable[..., tuple[int, FakeAws]]) -> None:
    code, aws = run(FakeAws(), "--stage", "prod", "--parameter-overrides", "LogRetentionDays=30", "--no-page")

    assert code == 0
    assert overrides(aws.deployments[1]) == {
        "DeletionProtection": "true",
        "GradualDeployment": "true",
        "LogRetentionDays": "30",
    }
    assert aws.deployments[0][2:6] == ["--config-env", "prod", "--stack-name", "inventory-prod"]


@pytest.mark.parametrize(("argument", "code"), [("--no-execute-changeset", 0), ("--confirm-changeset", 1)])
def test_a_change_set_that_was_only_asked_for_is_no_failure(
    run: Callable[..., tuple[int, FakeAws]], argument: str, code: int
) -> None:
    assert run(FakeAws("UPDATE_COMPLETE", declines=True), argument)[0] == code


def test_a_failed_deployment_ends_with_the_way_out(
    run: Callable[..., tuple[int, FakeAws]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(FakeAws(fails_at=1, status_after_failure="ROLLBACK_COMPLETE"))

    assert code == 1
    assert "aws cloudformation delete-stack --stack-name inventory" in capsys.readouterr().err


def test_the_checks_alone_run_nothing(run: Callable[..., tuple[int, FakeAws]]) -> None:
    code, aws = run(FakeAws(), "--check")

    assert (code, aws.run) == (0, [])


def test_a_problem_runs_nothing(run: Callable[..., tuple[int, FakeAws]]) -> None:
    code, aws = run(FakeAws("ROLLBACK_COMPLETE"))

    assert (code, aws.run) == (1, [])


def test_an_interruption_says_how_to_go_on(
    run: Callable[..., tuple[int, FakeAws]], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    aws = FakeAws()
    monkeypatch.setattr(aws, "sam", interrupt)

    assert run(aws)[0] == 130
    assert "run make deploy again" in capsys.readouterr().err


def command(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tools.deploy` on a machine without credentials and without a connection to AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    alone = {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, "-m", "tools.deploy", *arguments],
        cwd=ROOT,
        env={**kept, **alone, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_unknown_stage_ends_the_command_with_one_sentence(tmp_path: Path) -> None:
    ended = command(tmp_path, "--stage", "staging")

    assert ended.returncode == 1
    assert ended.stderr.startswith("samconfig.toml has no stage 'staging'.")
    assert ended.stderr.count("\n") == 1


def test_missing_credentials_end_the_command_before_anything_is_built(tmp_path: Path) -> None:
    ended = command(tmp_path, "--stage", "prod", "--parameter-overrides", "LogRetentionDays=2")

    assert ended.returncode == 1
    assert "Nothing was built or deployed. To do first:" in ended.stderr
    assert "There are no AWS credentials" in ended.stderr
    assert "There is no region" in ended.stderr
    assert "The parameter LogRetentionDays cannot be '2'" in ended.stderr
    assert "Traceback" not in ended.stderr and "Building" not in ended.stdout


def test_an_account_that_cannot_be_reached_ends_the_command_with_one_sentence(tmp_path: Path) -> None:
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-central-1"}

    ended = command(tmp_path, "--check", **credentials)

    assert ended.returncode == 1
    assert "AWS cannot be reached." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_names_the_arguments(tmp_path: Path) -> None:
    ended = command(tmp_path, "--help")

    assert ended.returncode == 0
    assert {"--stage", "--check", "--use-container", "--no-page"} <= set(ended.stdout.replace("]", " ").split())


def test_make_hands_the_stage_and_the_arguments_over() -> None:
    make = ["make", "--dry-run", "--no-print-directory", "deploy", "STAGE=prod", "DEPLOY_ARGS=--check --no-page"]

    ended = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout.splitlines()[-1].endswith("python -m tools.deploy --stage 'prod' --check --no-page")
