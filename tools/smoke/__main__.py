"""Smoke-tests a deployed stack with test products of its own, shows what only a deployed stack can, and cleans up."""

import argparse
import os
import sys
from collections.abc import Sequence

import boto3
from botocore.exceptions import BotoCoreError

from tools.aws_errors import sentence_of
from tools.console import run_and_exit
from tools.deployed_stack import DeployedStack
from tools.local.processes.interruption import interrupt_on_termination
from tools.publish.errors import PublishError
from tools.publish.settings import PublishSettings
from tools.smoke.account import account_points
from tools.smoke.api import api_points
from tools.smoke.change_set import PROJECT, ChangeSet, sam_runner
from tools.smoke.hold_time import hold_time_points
from tools.smoke.live_stock import live_stock_points
from tools.smoke.probe import Probe
from tools.smoke.purchase import clean_up, purchase
from tools.smoke.read_model import read_model_points
from tools.smoke.steps import Report, step
from tools.smoke.workflow import signal_points

WORKS, FAILED = 0, 1
STOPPED = 130  # by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the smoke test.

    Returns:
        0 if the stack works and is cleaned up, 1 if a step failed, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.smoke",
        description=__doc__,
        epilog="With AWS_ENDPOINT_URL in the environment, --stack-name is a stack on that local AWS.",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` started")
    where.add_argument("--stack-name", help="a stack in the AWS account of the current credentials")
    parser.add_argument("--region", help="the stack's region; default: the region of the current credentials")
    parser.add_argument(
        "--stage",
        help="first make a change set of this stage of samconfig.toml and delete it again, which costs nothing; "
        "without --local and --stack-name, its stack is tested",
    )
    chosen = parser.parse_args(arguments)
    if not (chosen.local or chosen.stack_name or chosen.stage):
        parser.error("one of the arguments --local --stack-name --stage is required")
    if chosen.local and chosen.stage:
        parser.error("--stage makes a change set on AWS: use it without --local")
    interrupt_on_termination()
    try:
        return _run(chosen)
    except PublishError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BotoCoreError as error:
        print(f"AWS cannot be called: {sentence_of(error)}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def _run(chosen: argparse.Namespace) -> int:
    report = Report()
    stack_name, region = chosen.stack_name, chosen.region
    if chosen.stage:
        settings = PublishSettings.of_stage(PROJECT / "samconfig.toml", chosen.stage)
        stack_name, region = stack_name or settings.stack_name, region or settings.region
        change_set = _change_set(chosen.stage, stack_name, region)
        report.look_at([change_set.point()])
        if report.failures or change_set.stack_status() is None:
            print(f"Nothing else was tested: the template is not accepted, or there is no stack {stack_name} yet.")
            return FAILED if report.failures else WORKS
    report.attempt(lambda: _find_and_test(chosen.local, stack_name, region, report))
    if report.failures:
        print(f"It does not work; steps that failed: {len(report.failures)}.")
        return FAILED
    print("It works.")
    return WORKS


def _change_set(stage: str, stack_name: str, region: str | None) -> ChangeSet:
    chosen_region = {"AWS_DEFAULT_REGION": region, "AWS_REGION": region} if region else {}
    environment = {**os.environ, **chosen_region, "SAM_CLI_TELEMETRY": "0"}
    cloudformation = boto3.Session(region_name=region).client("cloudformation")
    return ChangeSet(stage, stack_name, cloudformation, sam_runner(environment))


def _find_and_test(is_local: bool, stack_name: str, region: str | None, report: Report) -> None:
    with step("find the stack"):
        stack = DeployedStack.on_this_machine() if is_local else DeployedStack.on_aws(stack_name, region)
    smoke_test(stack, report)


def smoke_test(stack: DeployedStack, report: Report) -> None:
    """Test one stack. In every case the holds are cancelled and the products are deleted afterwards.

    Raises:
        StepFailed: it is a different kind of stack.
    """
    with step("find the API and its key"):
        probe = Probe(stack)
    report.look_at(account_points(stack))
    try:
        report.attempt(lambda: purchase(probe))
        report.look_at([*signal_points(stack, probe), *api_points(stack, probe), *live_stock_points(stack, probe)])
        report.look_at(read_model_points(stack))
        report.look_at(hold_time_points(stack, probe))
    finally:  # also after Ctrl-C
        report.attempt(lambda: clean_up(probe))


if __name__ == "__main__":
    run_and_exit(main)
