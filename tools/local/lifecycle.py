"""The life of a local AWS: start, deploy, use, stop."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools.local import deployment
from tools.local.deployment.build_cache import remove_unfinished_builds
from tools.local.deployment.page import build_page, publish_page
from tools.local.deployment.stack_description import describe_stack
from tools.local.errors import AlreadyRunning, LocalAwsError, PortTaken
from tools.local.ports import first_taken
from tools.local.processes.environment import clean_environment
from tools.local.processes.lock_file import choose_directory, lock_holder
from tools.local.processes.supervisor import DETACH
from tools.local.processes.temporary import DIRECTORY
from tools.local.settings import TRANSACTION_VARIABLE, LocalSettings
from tools.local.stack import Stack
from tools.local.step_functions.state_machines import copy_state_machines

# On a busy machine; an emulator that ends is noticed at once.
READY_SECONDS = 120
STOP_SECONDS = 30
POLL_SECONDS = 0.05
BUILD_DIRECTORIES = ("build", "page")

# A context manager around each step of the start, with which a caller can show and time the step.
Step = Callable[[str], AbstractContextManager[Any]]
Supervisor = subprocess.Popen[str]


@contextmanager
def local_aws(
    port: int | None = None,
    directory: Path | None = None,
    step: Step = nullcontext,
    *,
    page: bool = False,
    transaction_milliseconds: int = 0,
) -> Iterator[Stack]:
    """A local AWS with the project deployed to it, for the duration of the block.

    It also stops when this process ends in any other way. Without `port` it uses LOCAL_PORT. The admin page needs Node
    and some time to build, so it is deployed only with `page`. With `transaction_milliseconds`, DynamoDB transactions
    hold their items for so long and conflict with each other.
    """
    settings = LocalSettings.from_env() if port is None else LocalSettings(port)
    settings = settings.in_directory(directory or choose_directory(settings.directory, settings.port))
    if transaction_milliseconds:
        settings = replace(settings, transaction_milliseconds=transaction_milliseconds)
    supervisor = _start(settings)
    try:
        yield _deploy(settings, supervisor, step, page=page)
    finally:
        _stop(settings, supervisor)


@contextmanager
def empty_local_aws(port: int, directory: Path, step: Step = nullcontext) -> Iterator[LocalSettings]:
    """A local AWS with nothing deployed to it, for the duration of the block.

    It also stops when this process ends in any other way.
    """
    settings = LocalSettings(port, directory)
    supervisor = _start(settings)
    try:
        with step("Starting the local AWS"):
            _wait_until_ready(settings, supervisor)
        yield settings
    finally:
        _stop(settings, supervisor)


def running_stack() -> Stack | None:
    """The stack on the local AWS that `make up` started, if it is running."""
    directory = working_directory()
    return Stack.read(directory / "stack.json") if lock_holder(directory) else None


def working_directory() -> Path:
    """The directory in which the local AWS of LOCAL_PORT keeps its files."""
    settings = LocalSettings.from_env()
    return choose_directory(settings.directory, settings.port)


def up(settings: LocalSettings, step: Step = nullcontext) -> Stack:
    """Start a local AWS, deploy the project to it, and leave it running."""
    supervisor = _start(settings)
    try:
        stack = _deploy(settings, supervisor, step, page=True)
    except BaseException:
        _stop(settings, supervisor)
        raise
    _send(supervisor, DETACH)
    return stack


def down(settings: LocalSettings) -> bool:
    """Stop the local AWS of this directory. The result is False if none was running."""
    holder = lock_holder(settings.directory)
    if holder is None:
        _remove_remains(settings)
        return False
    with suppress(ProcessLookupError):  # it may have just ended by itself
        os.kill(holder.pid, signal.SIGTERM)
    _wait_for(lambda: lock_holder(settings.directory) is None, STOP_SECONDS, f"process {holder.pid} to stop")
    ports = settings.at_port(holder.port).ports
    _wait_for(lambda: first_taken(ports) is None, STOP_SECONDS, f"the ports {ports} to be free")
    _remove_remains(settings)
    return True


def _remove_remains(settings: LocalSettings) -> None:
    """Remove what a local AWS and the commands leave that were killed and could not clean up."""
    (settings.directory / "stack.json").unlink(missing_ok=True)
    shutil.rmtree(settings.directory / DIRECTORY, ignore_errors=True)
    for builds in BUILD_DIRECTORIES:
        remove_unfinished_builds(settings.project / ".local" / builds)


def _start(settings: LocalSettings) -> Supervisor:
    """Start the supervisor of the emulators, unless their directory or a port is in use."""
    if holder := lock_holder(settings.directory):
        raise AlreadyRunning(holder.port)
    if port := first_taken(settings.ports):
        raise PortTaken(port)
    settings.directory.mkdir(parents=True, exist_ok=True)
    with (settings.directory / "supervisor.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tools.local.processes.supervisor", str(settings.directory), str(settings.port)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the supervisor
            env=clean_environment({TRANSACTION_VARIABLE: str(settings.transaction_milliseconds)}),
            text=True,
        )


def _deploy(settings: LocalSettings, supervisor: Supervisor, step: Step, *, page: bool) -> Stack:
    """Build while the emulators start, then deploy."""
    with step("Building the functions with AWS SAM"):
        template = deployment.build(settings)
    with step("Starting the local AWS"):
        _wait_until_ready(settings, supervisor)
    with step("Deploying the template with AWS SAM"):
        deployment.deploy(settings, template)
    with step("Copying the state machines to the Step Functions engine"):
        copy_state_machines(settings)
    if page:
        with step("Building and publishing the admin page"):
            publish_page(settings, build_page(settings))
    with step("Creating the users operator, checkout, admin and viewer"):
        stack = describe_stack(settings)
    stack.write(settings.directory / "stack.json")
    return stack


def _wait_until_ready(settings: LocalSettings, supervisor: Supervisor) -> None:
    def is_ready() -> bool:
        if supervisor.poll() is not None:
            if holder := lock_holder(settings.directory):  # another process started one at the same time
                raise AlreadyRunning(holder.port)
            raise LocalAwsError(f"The local AWS ended during its start. Its logs are in {settings.directory}.")
        return _responds(f"{settings.endpoint_url}/_ministack/health") and _responds(f"{settings.engine_url}/moto-api/")

    _wait_for(is_ready, READY_SECONDS, f"the local AWS to respond (logs: {settings.directory})")


def _responds(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _stop(settings: LocalSettings, supervisor: Supervisor) -> None:
    _send(supervisor, "")
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()  # then the emulators end by themselves: see parent_watchdog
        supervisor.wait()


def _send(supervisor: Supervisor, text: str) -> None:
    """Write a text to the supervisor's standard input and close it."""
    assert supervisor.stdin is not None
    try:
        supervisor.stdin.write(text)
        supervisor.stdin.close()
    except BrokenPipeError:
        pass  # it has ended by itself


def _wait_for(condition: Callable[[], bool], seconds: float, expected: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalAwsError(f"Waited {seconds:.0f} s for {expected}, without success.")
        time.sleep(POLL_SECONDS)
