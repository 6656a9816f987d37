"""Holds, cancels and buys a unit of a test product on a deployed stack, and cleans up afterwards."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from inventory_client import ApiError

from inventory.errors import InventoryError
from tools.deployed_stack import DeployedStack, NoStack
from tools.smoke.probe import UNITS, Probe, Unexpected

WORKS, FAILED = 0, 1
STOPPED = 130  # by Ctrl-C
FAILURES = (ApiError, BotoCoreError, ClientError, InventoryError, NoStack, Unexpected)


class StepFailed(Exception):
    """A step failed. The message contains the step and the reason."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the smoke test.

    Returns:
        0 if the stack works and is cleaned up, 1 if a step failed, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.smoke", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` started")
    where.add_argument("--stack-name", help="a stack in the AWS account of the current credentials")
    parser.add_argument("--region", help="the stack's region; default: the region of the current credentials")
    chosen = parser.parse_args(arguments)
    try:
        with _step("find the stack"):
            stack = (
                DeployedStack.on_this_machine()
                if chosen.local
                else DeployedStack.on_aws(chosen.stack_name, chosen.region)
            )
        return smoke_test(stack)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def smoke_test(stack: DeployedStack) -> int:
    """Test one stack. In every case the holds are cancelled and the units are restored afterwards."""
    try:
        with _step("find the API and its key"):
            probe = Probe(stack)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return FAILED
    try:
        works = _succeeds(_test, probe)
    finally:  # also after Ctrl-C
        is_clean = _succeeds(_clean_up, probe)
    if not (works and is_clean):
        return FAILED
    print("It works.")
    return WORKS


def _succeeds(steps: Callable[[Probe], None], probe: Probe) -> bool:
    try:
        steps(probe)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return False
    return True


def _test(probe: Probe) -> None:
    with _step("set the product's stock"):
        probe.set_stock()
        before = probe.level()
    with _step("read the product's stock as a storefront"):
        probe.await_available(before.available)
    with _step("hold a unit"):
        cancelled = probe.hold("cancelled")
        _expect("available", probe.level().available, before.available - 1)
    with _step("cancel the hold"):
        probe.cancel(cancelled)
        _expect("available", probe.level().available, before.available)
    with _step("hold another unit"):
        paid = probe.hold("paid")
    with _step("pay for the hold"):
        probe.pay(paid)
        _expect("on_hand", probe.level().on_hand, before.on_hand - 1)
    with _step("read the product's stock again as a storefront"):
        probe.await_available(before.available - 1)


def _clean_up(probe: Probe) -> None:
    with _step("cancel open holds and restore sold units"):
        probe.clean_up()
    with _step("check that the stock is as before"):
        level = probe.level()
        _expect("on_hand", level.on_hand, UNITS)
        _expect("reserved", level.reserved, 0)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Print a step and how long it took. An error contains the step."""
    print(f"{name} … ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException as error:
        print("failed", flush=True)
        if isinstance(error, FAILURES):
            raise StepFailed(f"Failed: {name}: {error}") from error
        raise
    print(f"{time.monotonic() - started:.2f} s", flush=True)


def _expect(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise Unexpected(f"{name} is {found}, not {expected}")


if __name__ == "__main__":
    sys.exit(main())
