"""Runs every state of the workflow in AWS's own interpreter, with mocked results. Nothing is deployed, called or paid."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError, ParamValidationError

from tools.check_on_aws.case import Case
from tools.check_on_aws.cases import all_cases, not_covered
from tools.check_on_aws.definition import DEFINITION, Definition, Target, load_definition
from tools.check_on_aws.errors import CheckError, NotChecked
from tools.check_on_aws.request import differences, request_of
from tools.console import run_and_exit

AS_EXPECTED, DIFFERS, FAILED = 0, 1, 2
STOPPED = 130  # by Ctrl-C

# TestState accepts few calls per second, so the client slows down when AWS throttles it, and tries again.
# https://docs.aws.amazon.com/boto3/latest/guide/retries.html
RETRIES: Any = {"mode": "adaptive", "total_max_attempts": 10}
DENIED = {"AccessDenied", "AccessDeniedException"}
INVALID_CREDENTIALS = {"ExpiredTokenException", "ExpiredToken", "InvalidClientTokenId", "UnrecognizedClientException"}
THROTTLED = {"ThrottlingException", "TooManyRequestsException"}
TOO_OLD = "The installed botocore is older than November 2025 and cannot mock the result of a state: run make install."

TestState = Callable[..., Mapping[str, Any]]  # the method test_state of a client of Step Functions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check.

    Returns:
        0 if every state does what it must, 1 if one does not, 2 if the check could not run, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.check_on_aws",
        description=__doc__,
        epilog="The caller needs the permission states:TestState. The check takes a few minutes.",
    )
    parser.add_argument("--region", help="the region; default: the region of the current credentials")
    parser.add_argument(
        "--definition", type=Path, default=DEFINITION, help=f"default: {DEFINITION.parent.name}/{DEFINITION.name}"
    )
    chosen = parser.parse_args(arguments)
    try:
        target, test_state = _step_functions(chosen.region)
        return check(load_definition(chosen.definition, target), target, test_state)
    except CheckError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def check(definition: Definition, target: Target, test_state: TestState) -> int:
    """Run every case, and print one line for each of them.

    Raises:
        NotChecked: AWS did not run a state.
    """
    cases = all_cases(target)
    problems = not_covered(definition)
    print(f"Running {len(cases)} cases in {target.region} …", flush=True)
    for problem in problems:
        print(f"FAILED  {problem}", flush=True)
    failed = [case for case in cases if not _passes(case, definition, target, test_state)]
    print(f"{len(cases) - len(failed)} of {len(cases)} cases are as expected.")
    return DIFFERS if problems or failed else AS_EXPECTED


def _passes(case: Case, definition: Definition, target: Target, test_state: TestState) -> bool:
    found = differences(case, _answer(request_of(case, definition, target), test_state))
    print(f"{'FAILED' if found else 'ok':<6}  {case}" + (f": {'; '.join(found)}" if found else ""), flush=True)
    return not found


def _answer(parameters: dict[str, Any], test_state: TestState) -> Mapping[str, Any]:
    """What AWS answers. A definition or a mocked result that AWS refuses is an answer, too: it differs."""
    try:
        return test_state(**parameters)
    except NoCredentialsError as error:
        raise NotChecked("There are no AWS credentials. Sign in first, for example: aws configure") from error
    except ParamValidationError as error:
        raise NotChecked(TOO_OLD) from error
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in DENIED:
            raise NotChecked("The caller may not run states. Allow it the action states:TestState on *.") from error
        if code in INVALID_CREDENTIALS:
            raise NotChecked("The AWS credentials are expired or invalid. Sign in again.") from error
        if code in THROTTLED:
            raise NotChecked("AWS throttles TestState, also after 10 attempts. Run this again later.") from error
        return {"status": f"refused ({code}: {error.response['Error'].get('Message', '')})"}
    except BotoCoreError as error:
        raise NotChecked(f"AWS cannot be called: {error}") from error


def _step_functions(region: str | None) -> tuple[Target, TestState]:
    """The region and the operation TestState of its Step Functions."""
    try:
        session = boto3.Session(region_name=region)
        client: Any = session.client("stepfunctions", config=Config(retries=RETRIES))
        target = Target(client.meta.region_name, session.get_partition_for_region(client.meta.region_name))
        return target, client.test_state
    except NoRegionError as error:
        raise NotChecked("No region is set. Give one: --region eu-central-1") from error
    except AttributeError as error:
        raise NotChecked(TOO_OLD) from error
    except BotoCoreError as error:
        raise NotChecked(f"AWS cannot be called: {error}") from error


if __name__ == "__main__":
    run_and_exit(main)
