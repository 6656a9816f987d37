"""Command line: python -m tools.local up | down | status | token."""

import argparse
import os
import sys

from botocore.exceptions import BotoCoreError, ClientError

from tools.console import run_and_exit
from tools.deployed_stack import DeployedStack
from tools.local import lifecycle
from tools.local.errors import LocalAwsError
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.processes.lock_file import choose_directory, lock_holder
from tools.local.settings import LocalSettings
from tools.local.sign_in import id_token
from tools.local.stack import Stack
from tools.local.startup_message import make_prefix, startup_message
from tools.progress import timed
from tools.publish.errors import PublishError
from tools.rebuild.rebuilding import RebuildFailed, rebuild


def main() -> int:
    """Run one command. An error is one message without a stack trace."""
    parser = argparse.ArgumentParser(prog="python -m tools.local", description="Start, stop or query the local AWS.")
    parser.add_argument(
        "command",
        choices=["up", "down", "status", "token"],
        help="up: start, deploy and leave it running; down: stop; status: is it running; token: print an id token",
    )
    parser.add_argument("--user", default="admin", help="the user of the id token: admin or viewer; default: admin")
    arguments = parser.parse_args()
    forget_account_of_caller()
    interrupt_on_termination()
    try:
        settings = _settings(arguments.command)
        if arguments.command == "token":
            return _token(settings, arguments.user)
        return {"up": _up, "down": _down, "status": _status}[arguments.command](settings)
    except (LocalAwsError, PublishError, RebuildFailed, BotoCoreError, ClientError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _settings(command: str) -> LocalSettings:
    settings = LocalSettings.from_env()
    if command != "up" and "LOCAL_PORT" not in os.environ:
        return settings  # without LOCAL_PORT: the local AWS in the default directory, whatever its port
    return settings.in_directory(choose_directory(settings.directory, settings.port))


def _up(settings: LocalSettings) -> int:
    if holder := lock_holder(settings.directory):
        stack = Stack.read(settings.directory / "stack.json")
        prefix = make_prefix(holder.port)
        print(startup_message(stack, settings.at_port(holder.port)))
        print(f"It was already running, so nothing was deployed. To deploy the code as it is now: {prefix}make down up")
        return 0
    stack = lifecycle.up(settings, timed)
    with timed("Building the read model"):  # its schedule would do so within a minute
        rebuild(DeployedStack.of_local(stack), lambda sentence: None)
    print(startup_message(stack, settings))
    return 0


def _down(settings: LocalSettings) -> int:
    with timed("Stopping the local AWS"):
        was_running = lifecycle.down(settings)
    if not was_running:
        print("No local AWS was running.")
    return 0


def _status(settings: LocalSettings) -> int:
    holder = lock_holder(settings.directory)
    print(f"The local AWS is running on port {holder.port}." if holder else "No local AWS is running.")
    return 0 if holder else 1


def _token(settings: LocalSettings, name: str) -> int:
    if not lock_holder(settings.directory):
        raise LocalAwsError("No local AWS is running. Start it first: make up")
    stack = Stack.read(settings.directory / "stack.json")
    user = {"admin": stack.admin, "viewer": stack.viewer}.get(name)
    if user is None:
        raise LocalAwsError(f"There is no user {name!r}. Choose one: make token USER=admin, or USER=viewer")
    print(id_token(stack, user))
    return 0


if __name__ == "__main__":
    run_and_exit(main)
