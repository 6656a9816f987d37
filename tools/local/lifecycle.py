"""The life of a local AWS: start, deploy, use, stop."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import boto3

from tools.local import deployment, identities
from tools.local import page as admin_page
from tools.local.errors import AlreadyRunning, LocalAwsError, PortTaken
from tools.local.lock_file import DETACH, home, running
from tools.local.ports import first_taken
from tools.local.settings import REGION, ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, LocalSettings, clean_environment
from tools.local.stack import Stack, reachable
from tools.local.step_functions import mirror as workflows

READY_SECONDS = 30
STOP_SECONDS = 15
POLL_SECONDS = 0.05

# Wraps each step of starting, so that a caller can tell and time it.
Step = Callable[[str], AbstractContextManager[Any]]
Supervisor = subprocess.Popen[str]


@contextmanager
def local_aws(
    port: int | None = None, directory: Path | None = None, step: Step = nullcontext, *, page: bool = False
) -> Iterator[Stack]:
    """A local AWS with the project deployed to it, for as long as the block lasts.

    It ends with the block, and with this process however that ends. The port is LOCAL_PORT's unless given. The admin
    page takes Node and a while to build, so it is there only for who asks for it.
    """
    settings = LocalSettings.from_env() if port is None else LocalSettings(port)
    settings = settings.at(directory or home(settings.directory, settings.port))
    supervisor = _start(settings)
    try:
        yield _deployed(settings, supervisor, step, page=page)
    finally:
        _stop(settings, supervisor)


def running_stack() -> Stack | None:
    """What is deployed on the local AWS that `up` left running, if there is one."""
    directory = usual_directory()
    return Stack.read(directory / "stack.json") if running(directory) else None


def usual_directory() -> Path:
    """Where the local AWS of LOCAL_PORT keeps its files."""
    settings = LocalSettings.from_env()
    return home(settings.directory, settings.port)


def up(settings: LocalSettings, step: Step = nullcontext) -> Stack:
    """Start a local AWS, deploy the project to it, and leave it running."""
    supervisor = _start(settings)
    try:
        stack = _deployed(settings, supervisor, step, page=True)
    except BaseException:
        _stop(settings, supervisor)
        raise
    _send(supervisor, DETACH)
    return stack


def down(settings: LocalSettings) -> bool:
    """Stop the local AWS of this directory; answers whether there was one."""
    instance = running(settings.directory)
    if instance:
        with suppress(ProcessLookupError):  # it may have just ended by itself
            os.kill(instance.pid, signal.SIGTERM)
        _wait_for(lambda: running(settings.directory) is None, STOP_SECONDS, f"process {instance.pid} to stop")
        ports = settings.at_port(instance.port).ports
        _wait_for(lambda: first_taken(ports) is None, STOP_SECONDS, f"the ports {ports} to be free")
    else:
        (settings.directory / "stack.json").unlink(missing_ok=True)  # of one that was killed
    return instance is not None


def _start(settings: LocalSettings) -> Supervisor:
    """Start the emulators' supervisor, unless they could not run."""
    if instance := running(settings.directory):
        raise AlreadyRunning(instance.port)
    if port := first_taken(settings.ports):
        raise PortTaken(port)
    settings.directory.mkdir(parents=True, exist_ok=True)
    with (settings.directory / "supervisor.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tools.local.supervisor", str(settings.directory), str(settings.port)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for this process, which then stops the supervisor
            env=clean_environment({}),
            text=True,
        )


def _deployed(settings: LocalSettings, supervisor: Supervisor, step: Step, *, page: bool) -> Stack:
    """Build while the emulators start, then deploy to them."""
    with step("Building the functions with AWS SAM"):
        template = deployment.build(settings)
    with step("Starting the local AWS"):
        _wait_until_ready(settings, supervisor)
    with step("Deploying the template with AWS SAM"):
        deployment.deploy(settings, template)
    with step("Handing the state machines to the engine that runs them"):
        workflows.mirror(settings)
    if page:
        with step("Building and publishing the admin page"):
            admin_page.publish(settings, admin_page.build(settings))
    with step("Creating the users operator, checkout, admin and viewer"):
        stack = _describe(settings)
    stack.write(settings.directory / "stack.json")
    return stack


def _describe(settings: LocalSettings) -> Stack:
    session = boto3.Session(ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, region_name=REGION)
    cloudformation = session.client("cloudformation", endpoint_url=settings.endpoint_url)
    iam = session.client("iam", endpoint_url=settings.endpoint_url)
    api_gateway = session.client("apigateway", endpoint_url=settings.endpoint_url)
    cognito = session.client("cognito-idp", endpoint_url=settings.endpoint_url)
    [deployed] = cloudformation.describe_stacks(StackName=deployment.stack_name(settings.project))["Stacks"]
    outputs = {
        output["OutputKey"]: reachable(output["OutputValue"], settings.endpoint_url, settings.page_url)
        for output in deployed.get("Outputs", [])
    }
    return Stack(
        endpoint_url=settings.endpoint_url,
        stepfunctions_endpoint_url=settings.endpoint_url,
        region=REGION,
        outputs=outputs,
        operator=identities.create_operator(iam),
        checkout=identities.create_checkout(iam, outputs["CheckoutPolicyArn"]),
        storefront_api_key=api_gateway.get_api_key(apiKey=outputs["StorefrontApiKeyId"], includeValue=True)["value"],
        admin=identities.create_sign_in(cognito, outputs["UserPoolId"], "admin", "inventory-managers"),
        viewer=identities.create_sign_in(cognito, outputs["UserPoolId"], "viewer", "inventory-viewers"),
    )


def _wait_until_ready(settings: LocalSettings, supervisor: Supervisor) -> None:
    def ready() -> bool:
        if supervisor.poll() is not None:
            if instance := running(settings.directory):  # another one was quicker
                raise AlreadyRunning(instance.port)
            raise LocalAwsError(f"The local AWS ended while starting; its logs are in {settings.directory}.")
        return _answers(f"{settings.endpoint_url}/_ministack/health") and _answers(f"{settings.engine_url}/moto-api/")

    _wait_for(ready, READY_SECONDS, f"the local AWS to answer (logs: {settings.directory})")


def _answers(url: str) -> bool:
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
        supervisor.kill()  # its servers then end by themselves
        supervisor.wait()


def _send(supervisor: Supervisor, last_words: str) -> None:
    assert supervisor.stdin is not None
    try:
        supervisor.stdin.write(last_words)
        supervisor.stdin.close()
    except BrokenPipeError:
        pass  # it has ended by itself


def _wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalAwsError(f"Waited {seconds:.0f} s in vain for {what}.")
        time.sleep(POLL_SECONDS)
