"""Command line: python -m tools.reconcile (--local | --stack-name NAME) [--repair --reason TEXT]. By default nothing is written."""

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
    """Look, tell, and repair where asked to.

    Returns:
        0 when all levels agree in the end, 1 when some do not, 2 when that could not be found out, 130 when it was stopped.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.reconcile", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` left running")
    where.add_argument("--stack-name", help="a stack of the account of the current credentials")
    parser.add_argument("--region", help="its region, if not the usual one")
    parser.add_argument("--repair", action="store_true", help="set right what differs")
    parser.add_argument("--reason", default="", help="why, for the ledger")
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
    unsettled = [drift for drift in findings.drifts if not _process(drift, account, reason)]
    for key in findings.unsure:
        print(f"{key.product_id} in {key.warehouse_id}: sold from all the while; compare it again when it is calmer")
    print(f"{findings.checked} levels, {len(findings.drifts)} differ, {len(unsettled)} not set right.")
    if unsettled and reason is None:
        print('Nothing was written. --repair --reason "…" does.')
    return DIFFERS if unsettled or findings.unsure else AGREES


def _process(drift: Drift, account: Account, reason: str | None) -> bool:
    """Tell of a level, and set it right when there is a reason to."""
    repair = Repair.of(drift)
    print(f"{name_of(drift.level)}: {'; '.join(drift.differences())}")
    print(f"  {'would be set right: ' if repair.is_possible else 'cannot be set right: '}{repair}")
    if reason is None or not repair.is_possible:
        return False
    is_written = repair_level(drift, counters=account.counters, actor=account.actor, reason=reason, now=utc_now())
    print("  done" if is_written else "  not done: it was written to meanwhile; run this again")
    return is_written


def _pause(seconds: float) -> None:
    print(f"Something differs; looking again in {seconds:.0f} s …", flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    sys.exit(main())
