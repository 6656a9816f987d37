"""Rebuilds the read model of the administrators from the tables. Sales go on, and lists stay as they are until it ends."""

import argparse
import sys
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from tools.aws_errors import sentence_of
from tools.console import run_and_exit
from tools.deployed_stack import DeployedStack, NoStack
from tools.progress import Progress
from tools.rebuild.rebuilding import RebuildFailed, rebuild

REBUILT, FAILED = 0, 1
STOPPED = 130  # by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Rebuild the read model.

    Returns:
        0 when it was rebuilt, 1 after an error, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.rebuild", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` started")
    where.add_argument("--stack-name", help="a stack in the AWS account of the current credentials")
    parser.add_argument("--region", help="the stack's region; default: the region of the current credentials")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        stack = (
            DeployedStack.on_this_machine() if chosen.local else DeployedStack.on_aws(chosen.stack_name, chosen.region)
        )
        print("Rebuilding the read model from the tables …", flush=True)
        with Progress() as progress:
            rebuild(stack, progress)
    except (NoStack, RebuildFailed, ClientError, BotoCoreError) as error:
        print(sentence_of(error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped. The rebuild goes on: its function continues every minute.", file=sys.stderr)
        return STOPPED
    print(f"The read model is rebuilt. It took {time.monotonic() - started:.0f} s.")
    return REBUILT


if __name__ == "__main__":
    run_and_exit(main)
