"""Command line: python -m tools.deploy --stage prod [arguments of sam deploy]."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from tools.aws_errors import sentence_of
from tools.console import run_and_exit
from tools.deploy import commands
from tools.deploy.account import Account
from tools.deploy.bytecode import finish_packages
from tools.deploy.commands import PROJECT
from tools.deploy.deployment import Steps, deploy
from tools.deploy.errors import DeployError, NotExecuted, Problems
from tools.deploy.machine import find_python
from tools.deploy.packages import check_packages
from tools.deploy.parameters import declared_parameters
from tools.deploy.preflight import check
from tools.deploy.settings import DeploySettings
from tools.publish import PublishError, publish_to_stack

NO_EXECUTION = "--no-execute-changeset"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, build and deploy. An error is one message without a stack trace."""
    given, sam_arguments = _parser().parse_known_args(arguments)
    try:
        _run(DeploySettings.of(PROJECT / "samconfig.toml", given, sam_arguments), only_check=given.check)
    except Problems as error:
        print(f"Nothing was built or deployed. To do first:\n{error}", file=sys.stderr)
        return 1
    except NotExecuted as error:
        print(error, file=sys.stderr)
        return 0 if NO_EXECUTION in sam_arguments else 1
    except (DeployError, PublishError, BotoCoreError, ClientError) as error:
        print(sentence_of(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. CloudFormation may still be working: run make deploy again to complete it.", file=sys.stderr)
        return 130
    return 0


def _run(settings: DeploySettings, *, only_check: bool) -> None:
    print(f"Checking the stage {settings.stage} …", flush=True)
    declared = declared_parameters(PROJECT / "template.yaml")
    connect = partial(Account, settings.profile, settings.region, os.environ.get("AWS_REGION"))
    checked = check(settings, declared, commands.environment(), connect)
    for warning in checked.warnings:
        print(f"Warning: {warning}", flush=True)
    if only_check:
        print(f"The stack {settings.stack_name} can be deployed to {checked.account.id} in {checked.account.region}.")
        return
    started = time.monotonic()
    deploy(settings, declared, checked, _steps(settings, checked.account))
    where = f"in the account {checked.account.id} in {checked.account.region}"
    print(f"The stack {settings.stack_name} is deployed {where}. It took {time.monotonic() - started:.0f} s.")


def _steps(settings: DeploySettings, account: Account) -> Steps:
    return Steps(
        sam=commands.sam,
        build_page=commands.build_page,
        check_packages=lambda runtime, architecture: check_packages(
            PROJECT / ".aws-sam" / "build", runtime, architecture
        ),
        finish_packages=lambda runtime: finish_packages(
            PROJECT / ".aws-sam" / "build", find_python(runtime, commands.environment())
        ),
        publish=lambda: publish_to_stack(account.session, settings.stack_name, PROJECT / "admin-ui" / "dist"),
        log=lambda text: print(text, flush=True),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.deploy",
        description="Check, build and deploy a stage of samconfig.toml, and publish the admin page.",
        epilog="All other arguments are passed to sam deploy, for example --no-confirm-changeset.",
        allow_abbrev=False,
    )
    parser.add_argument("--stage", default="default", help="the stage of samconfig.toml; default: default")
    parser.add_argument("--check", action="store_true", help="only check; build and deploy nothing")
    parser.add_argument("--use-container", action="store_true", help="build the functions in a container")
    parser.add_argument("--no-page", action="store_true", help="neither build nor publish the admin page")
    parser.add_argument("--stack-name", help="the stack's name; default: that of the stage")
    parser.add_argument("--region", help="the region; default: that of the stage or of the credentials")
    parser.add_argument("--profile", help="the profile of the AWS configuration")
    parser.add_argument(
        "--parameter-overrides",
        nargs="+",
        action="extend",
        metavar="NAME=VALUE",
        help="parameters that differ from the stage's",
    )
    return parser


if __name__ == "__main__":
    run_and_exit(main)
