"""Switches faults of a running local AWS."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tools.local.faults.endpoint import ROOT
from tools.local.stack import Stack

TIMEOUT_SECONDS = 30


@contextmanager
def fault(stack: Stack, service: str, *, down: bool = False, delay_seconds: float = 0.0) -> Iterator[None]:
    """A service of tools.local.faults.switches is down or slow for the duration of the block."""
    switch_fault(stack, service, down=down, delay_seconds=delay_seconds)
    try:
        yield
    finally:
        switch_fault(stack, service)


def switch_fault(stack: Stack, service: str, *, down: bool = False, delay_seconds: float = 0.0) -> None:
    """Let a service be down or slow from now on; without arguments it works again."""
    _call(stack, "PUT", f"faults/{service}", {"down": down, "delay_seconds": delay_seconds})


def expire_key(stack: Stack, api_id: str, key: str) -> None:
    """Let a key of an Event API end now."""
    _call(stack, "POST", f"event-api/{api_id}/expire/{key}", {})


def _call(stack: Stack, method: str, path: str, content: object) -> None:
    request = urllib.request.Request(f"{stack.endpoint_url}{ROOT}{path}", json.dumps(content).encode(), method=method)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass
