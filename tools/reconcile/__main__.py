"""Compares every stock level with its reservations and its movements. Without --repair it writes nothing."""

import argparse
import sys
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import InventoryError
from inventory.model import utc_now
from inventory.reconciliation.counter_drift import Drift, Repair, find_drift, name_of, repair_level
from tools.deployed_stack import NoStack
from tools.reconcile.account import Account

AGREES, DIFFERS, FAILED = 0, 1, 2
STOPPED = 130  # by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare all levels, report the differences, and repair them if --repair is given.

    Returns:
        0 if all levels are consistent at the end, 1 if some are not, 2 after an error, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.reconcile", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` started")
    where.add_argument("--stack-name", help="a stack in the AWS account of the current credentials")
    parser.add_argument("--region", help="the stack's region; default: the region of the current credentials")
    parser.add_argument("--repair", action="store_true", help="repair the levels that differ")
    parser.add_argument("--reason", default="", help="the reason for the repair, which is written to the ledger")
    chosen = parser.parse_args(arguments)
    if chosen.repair and not chosen.reason.strip():
        parser.error("--repair needs a --reason, which is written to the ledger")
    try:
        account = Account.on_this_machine() if chosen.local else Account.on_aws(chosen.stack_name, chosen.region)
        return _compare(account, chosen.reason.strip() if chosen.repair else None)
    except (NoStack, InventoryError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def _compare(account: Account, reason: str | None) -> int:
    print("Comparing every level with its reservations and its movements …", flush=True)
    findings = find_drift(counters=account.counters, stock=account.stock, pause=_pause)
    unrepaired = [drift for drift in findings.drifts if not _process(drift, account, reason)]
    for key in findings.unsure:
        print(
            f"{key.product_id} in {key.warehouse_id}: changed too often to compare it; run this again at a quieter time"
        )
    print(f"{findings.checked} levels, {len(findings.drifts)} differ, {len(unrepaired)} not repaired.")
    if unrepaired and reason is None:
        print('Nothing was written. To repair these levels, add: --repair --reason "…"')
    return DIFFERS if unrepaired or findings.unsure else AGREES


def _process(drift: Drift, account: Account, reason: str | None) -> bool:
    """Report a level that differs, and repair it if a reason is given; True if it is repaired."""
    repair = Repair.of(drift)
    print(f"{name_of(drift.level)}: {'; '.join(drift.differences())}")
    print(f"  {'possible repair: ' if repair.is_possible else 'cannot be repaired: '}{repair}")
    if reason is None or not repair.is_possible:
        return False
    is_written = repair_level(drift, counters=account.counters, actor=account.actor, reason=reason, now=utc_now())
    print("  repaired" if is_written else "  not repaired: the level changed in the meantime; run this again")
    return is_written


def _pause(seconds: float) -> None:
    print(f"Some levels differ. They are compared again in {seconds:.0f} s …", flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    sys.exit(main())
