"""Runs the steps of the smoke test, prints one line for each of them, and says what to do for those that fail."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError

from inventory.errors import InventoryError
from tools.deployed_stack import NoStack
from tools.progress import ticking
from tools.smoke.errors import NotOnLocalAws, StepFailed, Unexpected

FAILURES = (ApiError, BotoCoreError, ClientError, InventoryError, NoStack, OSError, Unexpected)
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}


@dataclass(frozen=True)
class Point:
    """One thing that only a deployed stack can show.

    `look` returns a remark for its line, and raises one of `FAILURES` or NotOnLocalAws.
    """

    name: str
    look: Callable[[], str | None]
    advice: str  # what to do if it fails, in one sentence


@dataclass
class Report:
    """The steps that were run."""

    failures: list[str] = field(default_factory=list)

    def look_at(self, points: list[Point]) -> None:
        """Run points, each whatever becomes of the others."""
        for point in points:
            self.attempt(lambda point=point: self._look_at(point))  # type: ignore[misc]

    def attempt(self, steps: Callable[[], None]) -> None:
        """Run steps of which each needs the one before. The first that fails is reported, and ends them."""
        try:
            steps()
        except StepFailed as error:
            self.failures.append(str(error))
            print(error, file=sys.stderr, flush=True)

    def _look_at(self, point: Point) -> None:
        with step(point.name, point.advice) as remark:
            remark(point.look() or "")


@contextmanager
def step(name: str, advice: str = "") -> Iterator[Callable[[str], None]]:
    """Print a step, its remark, and how long it took.

    Raises:
        StepFailed: the step failed.
    """
    started = time.monotonic()
    remarks: list[str] = []
    try:
        with ticking(f"{name} … "):
            yield remarks.append
    except NotOnLocalAws as absent:
        print(f"not on the local AWS: {absent}", flush=True)
        return
    except BaseException as error:
        print("stopped" if isinstance(error, KeyboardInterrupt) else "failed", flush=True)
        if isinstance(error, FAILURES):
            raise StepFailed(f"Failed: {name}: {_reason(error)}" + (f" {advice}" if advice else "")) from error
        raise
    seconds = f"{time.monotonic() - started:.2f} s"
    print("; ".join([*filter(None, remarks), seconds]), flush=True)


def _reason(error: BaseException) -> str:
    reason = str(error) or type(error).__name__
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in DENIED:
        reason = f"the caller has no permission: {reason}"
    return reason if reason.endswith(".") else f"{reason}."
