"""The first point, which costs nothing: CloudFormation and SAM's transform accept the template of a stage."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tools.local.errors import CommandFailed
from tools.local.processes.command import run_command
from tools.smoke.errors import Unexpected
from tools.smoke.steps import Point

PROJECT = Path(__file__).parent.parent.parent
GONE_SECONDS = 60
POLL_SECONDS = 0.5
SAM_PREFIX = "samcli-deploy"  # SAM names its change sets so
ADVICE = (
    "CloudFormation's reason is in the lines above: change template.yaml or the stage in samconfig.toml; the caller "
    "needs the permissions of a deployment."
)

RunSam = Callable[[Sequence[str]], None]  # the arguments of the SAM CLI; raises CommandFailed


@dataclass(frozen=True)
class ChangeSet:
    """A change set of a stage that is made, read and deleted.

    Args:
        stage: the stage in samconfig.toml.
        stack_name: the stack that it would change or create.
        cloudformation: a boto3 client.
        run_sam: runs the SAM CLI.
        template: a built template; None builds one.
    """

    stage: str
    stack_name: str
    cloudformation: Any
    run_sam: RunSam
    template: Path | None = None

    def point(self) -> Point:
        """The point of this file."""
        return Point(f"make a change set of the stage {self.stage} without executing it", self.look, ADVICE)

    def look(self) -> str:
        """Let SAM make the change set. Whatever becomes of it, everything is as before afterwards."""
        status_before = self.stack_status()
        before = {change_set["ChangeSetId"] for change_set in self._change_sets()}
        try:
            if self.template is None:
                self.run_sam(["build", *self._settings()])
            self.run_sam(self._deploy())
            made = [found for found in self._change_sets() if found["ChangeSetId"] not in before]
            return self._summary(made)
        except CommandFailed as error:
            raise Unexpected(str(error)) from error
        finally:
            self._clean_up(before, is_new=status_before is None)

    def stack_status(self) -> str | None:
        """The status of the stack; None if there is none."""
        try:
            [stack] = self.cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        status: str = stack["StackStatus"]
        return status

    def _deploy(self) -> list[str]:
        template = [] if self.template is None else ["--template-file", str(self.template)]
        return [
            *("deploy", *self._settings(), "--stack-name", self.stack_name, *template),
            *("--no-execute-changeset", "--no-confirm-changeset", "--no-progressbar"),
        ]

    def _settings(self) -> list[str]:
        # SAM would look for the file beside the template.
        return ["--config-file", str(PROJECT / "samconfig.toml"), "--config-env", self.stage]

    def _change_sets(self) -> list[dict[str, Any]]:
        try:
            pages = self.cloudformation.get_paginator("list_change_sets").paginate(StackName=self.stack_name)
            found = [change_set for page in pages for change_set in page["Summaries"]]
            return [change_set for change_set in found if change_set["ChangeSetName"].startswith(SAM_PREFIX)]
        except ClientError as error:
            if "does not exist" in str(error):
                return []
            raise

    def _summary(self, made: Sequence[dict[str, Any]]) -> str:
        if not made:
            return "nothing would change"
        identifier = made[0]["ChangeSetId"]
        pages = self.cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=identifier)
        actions = Counter(change["ResourceChange"]["Action"] for page in pages for change in page["Changes"])
        listed = ", ".join(f"{action.lower()} {number}" for action, number in sorted(actions.items()))
        return f"it would {listed or 'change nothing'}"

    def _clean_up(self, before: set[str], *, is_new: bool) -> None:
        """Delete what was made here: change sets, and a stack that exists only because of them."""
        for change_set in self._change_sets():
            if change_set["ChangeSetId"] not in before:
                self.cloudformation.delete_change_set(ChangeSetName=change_set["ChangeSetId"])
        if is_new and self.stack_status() == "REVIEW_IN_PROGRESS":
            self.cloudformation.delete_stack(StackName=self.stack_name)
            self._await_deletion()

    def _await_deletion(self) -> None:
        deadline = time.monotonic() + GONE_SECONDS
        while self.stack_status() not in (None, "DELETE_COMPLETE"):
            if time.monotonic() > deadline:
                raise Unexpected(f"the empty stack {self.stack_name} is not deleted after {GONE_SECONDS} s")
            time.sleep(POLL_SECONDS)


def sam_runner(environment: dict[str, str]) -> RunSam:
    """Runs the SAM CLI of this project. Its output is in .aws-sam/."""

    def run_sam(arguments: Sequence[str]) -> None:
        directory = PROJECT / ".aws-sam"
        directory.mkdir(exist_ok=True)
        run_command(
            f"sam {arguments[0]}",
            [sys.executable, "-m", "samcli", *arguments],
            log=directory / f"smoke-{arguments[0]}.log",
            directory=PROJECT,
            environment=environment,
        )

    return run_sam
