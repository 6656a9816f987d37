"""No log contains a secret, after all other tests of this local AWS have run."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tools.local import Stack
from tools.local.sign_in import id_token
from tools.local.step_functions.tokens import issue

pytestmark = pytest.mark.timeout(300)

PAGES_MAX = 200

# Task tokens and Cognito's tokens are both base64 of JSON, which begins with a brace and a quote.
TOKEN = re.compile(r"eyJ[A-Za-z0-9+/_-]{30,}")


def test_no_log_has_a_token_or_a_credential(stack: Stack) -> None:
    secrets = {stack.checkout.secret_access_key, stack.operator.secret_access_key, str(stack.storefront_api_key)}
    secrets |= {user.password for user in (stack.admin, stack.viewer) if user}

    lines = list(log_lines(stack))

    assert lines, "the functions have logged nothing"
    assert [line for line in lines if TOKEN.search(line) or any(secret in line for secret in secrets)] == []


def test_the_pattern_matches_real_tokens(stack: Stack) -> None:
    assert stack.admin
    assert TOKEN.search(f'"{issue(stack.outputs["ReservationStateMachineArn"])}"')
    assert TOKEN.search(f"Bearer {id_token(stack, stack.admin)}")


def log_lines(stack: Stack) -> Iterator[str]:
    """Every line of every log group, stream by stream."""
    logs = stack.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for streams in logs.get_paginator("describe_log_streams").paginate(logGroupName=group["logGroupName"]):
                for stream in streams["logStreams"]:
                    yield from _lines_of(logs, group["logGroupName"], stream["logStreamName"])


def _lines_of(logs: Any, group: str, stream: str) -> Iterator[str]:
    request = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
    for _ in range(PAGES_MAX):
        answer = logs.get_log_events(**request)
        yield from (event["message"] for event in answer["events"])
        if not answer["events"] or answer["nextForwardToken"] == request.get("nextToken"):
            return
        request["nextToken"] = answer["nextForwardToken"]
    raise AssertionError(f"{group} {stream} has more than {PAGES_MAX} pages")
