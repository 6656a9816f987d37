"""Runs JavaScript in Node.js: the client against the deployed API, and handlers as AppSync runs them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.processes.node import run_script

DIRECTORY = Path(__file__).parent


def run_checkouts(**settings: str) -> dict[str, Any]:
    """Run the checkouts of checkouts.mjs against an API, and return what each step answered."""
    answers: dict[str, Any] = run_script(DIRECTORY / "checkouts.mjs", settings)
    return answers


def admitted(code: str, channels: Sequence[str]) -> list[str]:
    """The channels to which the handlers of an AppSync namespace admit a subscription."""
    found: list[str] = run_script(DIRECTORY / "handlers.mjs", {"code": code, "channels": channels})
    return found
