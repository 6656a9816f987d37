"""The calls that `make up` prints work as they are pasted, in the shell of a caller who uses another AWS account."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.deployed.aws_cli import with_aws_cli
from tests.support.deployed.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.local import LocalSettings, Stack
from tools.local.startup_message import BY_EXECUTION, BY_HTTP, startup_message

PROGRAMS = ("curl ", "env ", "echo ")
ENDS_WITHIN_SECONDS = 60


@pytest.fixture
def message(stack: Stack) -> str:
    """What `make up` prints for the stack."""
    return startup_message(stack, LocalSettings(urlsplit(stack.endpoint_url).port or 0))


def paste(call: str, path: str) -> Any:
    """Run a printed call, and return the first JSON that it answers."""
    ended = subprocess.run(
        ["bash", "-c", call],
        env={"PATH": f"{path}:{os.environ['PATH']}", "AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "another"},
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, f"{call}\n{ended.stderr}"
    return json.JSONDecoder().raw_decode(ended.stdout.strip() or "null")[0]


@pytest.mark.usefixtures("stock_loader")
def test_every_call_that_is_printed_works_as_it_is_pasted(
    message: str, service: CheckoutService, manager: Manager, tmp_path: Path
) -> None:
    path = with_aws_cli(tmp_path)
    calls = [line.strip() for line in message.splitlines() if line.strip().startswith(PROGRAMS)]
    [look_up, hold, pay, start, pay_execution, *inspect] = calls

    assert paste(look_up, path)["status"] == "IN_STOCK"
    assert paste(hold, path)["status"] == "HELD"
    assert paste(pay, path)["status"] == "PAID"
    paste(start, path)
    service.await_status(BY_EXECUTION, "HELD")
    assert paste(pay_execution, path)["status"] == "PAID"

    for call, reservation_id in zip(inspect, (BY_HTTP, BY_EXECUTION), strict=True):
        answered = paste(re.sub(r"\$\(.*make token\)", manager.token, call), path)
        assert (answered["reservation_id"], answered["status"] in ("PAID", "COMMITTED")) == (reservation_id, True)


def test_each_sign_in_is_printed_with_what_it_may_do(message: str, stack: Stack) -> None:
    assert stack.admin and stack.viewer
    assert re.search(rf"admin +{re.escape(stack.admin.password)} +sees everything, changes stock", message)
    assert re.search(rf"viewer +{re.escape(stack.viewer.password)} +sees everything and changes nothing", message)
