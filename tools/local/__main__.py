"""Command line: python -m tools.local up | down | status | token."""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tools.local import lifecycle
from tools.local.errors import LocalAwsError
from tools.local.lock_file import home, running
from tools.local.settings import LocalSettings
from tools.local.sign_in import id_token
from tools.local.stack import Stack
from tools.local.startup_message import welcome


def main() -> int:
    """Run one command; an error is one message, not a stack trace."""
    parser = argparse.ArgumentParser(prog="python -m tools.local", description="The local AWS.")
    parser.add_argument("command", choices=["up", "down", "status", "token"])
    parser.add_argument("--user", choices=["admin", "viewer"], default="admin", help="whose id token")
    arguments = parser.parse_args()
    try:
        settings = _settings(arguments.command)
        if arguments.command == "token":
            return _token(settings, arguments.user)
        return {"up": _up, "down": _down, "status": _status}[arguments.command](settings)
    except LocalAwsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _settings(command: str) -> LocalSettings:
    settings = LocalSettings.from_env()
    if command != "up" and "LOCAL_PORT" not in os.environ:
        return settings  # the one in the usual directory, whatever its port
    return settings.at(home(settings.directory, settings.port))


def _up(settings: LocalSettings) -> int:
    print(welcome(lifecycle.up(settings, _timed), settings))
    return 0


def _down(settings: LocalSettings) -> int:
    print("The local AWS is stopped." if lifecycle.down(settings) else "No local AWS was running.")
    return 0


def _status(settings: LocalSettings) -> int:
    instance = running(settings.directory)
    print(f"The local AWS runs on port {instance.port}." if instance else "No local AWS is running.")
    return 0 if instance else 1


def _token(settings: LocalSettings, name: str) -> int:
    if not running(settings.directory):
        raise LocalAwsError("No local AWS is running: make up")
    stack = Stack.read(settings.directory / "stack.json")
    user = {"admin": stack.admin, "viewer": stack.viewer}[name]
    if user is None:
        raise LocalAwsError(f"There is no user {name}.")
    print(id_token(stack, user))
    return 0


@contextmanager
def _timed(step: str) -> Iterator[None]:
    print(f"{step} ... ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
