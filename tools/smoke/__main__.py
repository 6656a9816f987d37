"""Command line: python -m tools.smoke (--local | --stack-name NAME). Holds, cancels and buys a unit of a product of its own."""

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
    """A step failed; the message names it and says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the stack out.

    Returns:
        0 when it works and is as it was before, 1 when some step failed, 130 when it was stopped.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.smoke", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` left running")
    where.add_argument("--stack-name", help="a stack of the account of the current credentials")
    parser.add_argument("--region", help="its region, if not the usual one")
    chosen = parser.parse_args(arguments)
    try:
        with _step("find the stack"):
            stack = (
                DeployedStack.on_this_machine()
                if chosen.local
                else DeployedStack.on_aws(chosen.stack_name, chosen.region)
            )
        return try_out(stack)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def try_out(stack: DeployedStack) -> int:
    """Try one stack out; whatever happens, nothing stays held and every unit is put back."""
    try:
        with _step("find the API and its key"):
            probe = Probe(stack)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return FAILED
    try:
        works = _succeeds(_buy, probe)
    finally:  # also when somebody loses patience
        is_tidy = _succeeds(_tidy_up, probe)
    if not (works and is_tidy):
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


def _buy(probe: Probe) -> None:
    with _step("put units on the shelf"):
        probe.stock()
        before = probe.level()
    with _step("look the product up as a storefront"):
        probe.await_shown(before.available)
    with _step("hold a unit"):
        cancelled = probe.hold("cancelled")
        _expect("available", probe.level().available, before.available - 1)
    with _step("cancel it"):
        probe.cancel(cancelled)
        _expect("available", probe.level().available, before.available)
    with _step("hold a unit again"):
        paid = probe.hold("paid")
    with _step("pay for it"):
        probe.pay(paid)
        _expect("on_hand", probe.level().on_hand, before.on_hand - 1)
    with _step("look the product up again as a storefront"):
        probe.await_shown(before.available - 1)


def _tidy_up(probe: Probe) -> None:
    with _step("cancel what is held, put back what was sold"):
        probe.tidy_up()
    with _step("see that everything is as it was"):
        level = probe.level()
        _expect("on_hand", level.on_hand, UNITS)
        _expect("reserved", level.reserved, 0)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Say what is done and how long it took; what goes wrong names the step."""
    began = time.monotonic()
    try:
        yield
    except FAILURES as error:
        raise StepFailed(f"Failed: {name}: {error}") from error
    print(f"{time.monotonic() - began:6.2f} s  {name}", flush=True)


def _expect(what: str, found: int, expected: int) -> None:
    if found != expected:
        raise Unexpected(f"{what} is {found}, not {expected}")


if __name__ == "__main__":
    sys.exit(main())
