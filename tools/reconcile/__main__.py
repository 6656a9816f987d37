"""Compares levels, reservations, movements and customers with each other. Without --repair it writes nothing."""

import argparse
import sys
import time
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from inventory.errors import InventoryError
from inventory.model import utc_now
from inventory.reconciliation.counter_drift import find_drift
from inventory.reconciliation.findings import CustomerDrift, Drift, Findings, name_of
from inventory.reconciliation.repairs import Author, Repair
from tools.aws_errors import sentence_of
from tools.console import run_and_exit
from tools.deployed_stack import NoStack
from tools.progress import Progress
from tools.reconcile.account import Account

AGREES, DIFFERS, FAILED = 0, 1, 2
STOPPED = 130  # by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the four tables, report the differences, and repair them if --repair is given.

    Returns:
        0 if everything is consistent at the end, 1 if something is not, 2 after an error, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.reconcile", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--local", action="store_true", help="the local AWS that `make up` started")
    where.add_argument("--stack-name", help="a stack in the AWS account of the current credentials")
    parser.add_argument("--region", help="the stack's region; default: the region of the current credentials")
    parser.add_argument("--repair", action="store_true", help="repair the levels and customers that differ")
    parser.add_argument("--reason", default="", help="the reason for the repair, which is written to the ledger")
    chosen = parser.parse_args(arguments)
    if chosen.repair and not chosen.reason.strip():
        parser.error("--repair needs a --reason, which is written to the ledger")
    try:
        account = Account.on_this_machine() if chosen.local else Account.on_aws(chosen.stack_name, chosen.region)
        return compare(account, chosen.reason.strip() if chosen.repair else None)
    except (NoStack, InventoryError, ClientError, BotoCoreError) as error:
        print(sentence_of(error), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def compare(account: Account, reason: str | None) -> int:
    """Compare the four tables of a stack, report the differences, and repair them if a reason is given.

    Returns:
        0 if everything is consistent at the end, 1 if something is not.
    """
    print("Comparing levels, reservations, movements and customers …", flush=True)
    show = Progress()
    findings = find_drift(
        counters=account.counters,
        stock=account.stock,
        pause=_pause,
        progress=lambda what, rows: show(f"{rows:,} {what} read"),
    )
    unrepaired = [drift for drift in findings.drifts if not _process_level(drift, account, reason)]
    customers = [drift for drift in findings.customers if not _process_customer(drift, account, reason)]
    for level in findings.unopened:
        _process_unopened(level, account, reason)
    _report_rest(findings)
    is_consistent = not (unrepaired or customers or findings.unreadable or findings.unsure or findings.customers_unsure)
    print("The books agree:" if is_consistent else "The books differ:", end=" ")
    print(_conclusion(findings, len(unrepaired) + len(customers), is_repairing=reason is not None))
    return AGREES if is_consistent else DIFFERS


def _process_level(drift: Drift, account: Account, reason: str | None) -> bool:
    """Report a level that differs, and repair it if a reason is given; True if it is repaired."""
    repair = Repair.of(drift)
    print(f"{name_of(drift.level)}: {'; '.join(drift.differences())}")
    print(f"  {'possible repair: ' if repair.is_possible else 'cannot be repaired: '}{repair}")
    if reason is None or not repair.is_possible:
        return False
    return _is_repaired(account.repairs.repair_level(drift, Author(account.actor, reason, utc_now())))


def _process_customer(drift: CustomerDrift, account: Account, reason: str | None) -> bool:
    """Report a customer who differs, and repair the counts if a reason is given; True if they are repaired."""
    holds, units = drift.held
    print(drift)
    print(f"  possible repair: {holds} reservations with {units} units")
    return reason is not None and _is_repaired(account.repairs.repair_customer(drift))


def _process_unopened(drift: Drift, account: Account, reason: str | None) -> None:
    """Report a level that another tool wrote, which is no difference, and open its ledger if a reason is given."""
    name = name_of(drift.level)
    print(f"{name}: written by another tool with {drift.level.on_hand} on hand, and no movement says so yet")
    if reason is None:
        print("  no difference: the next scheduled comparison opens its ledger")
    else:
        _is_repaired(account.repairs.take_over(drift, Author(account.actor, reason, utc_now())))


def _is_repaired(is_written: bool) -> bool:
    print("  repaired" if is_written else "  not repaired: it changed in the meantime; run this again")
    return is_written


def _report_rest(findings: Findings) -> None:
    for row in findings.unreadable:
        print(f"a row cannot be read: {row}")
        print("  cannot be repaired: correct its attributes, or delete it")
    busy = [f"{key.product_id} in {key.warehouse_id}" for key in findings.unsure]
    for name in [*busy, *(f"customer {customer_id}" for customer_id in findings.customers_unsure)]:
        print(f"{name}: changed too often to compare it; run this again at a quieter time")


def _conclusion(findings: Findings, unrepaired: int, *, is_repairing: bool) -> str:
    differ = len(findings.drifts) + len(findings.customers)
    compared = f"{findings.checked} levels and {findings.customers_checked} customers, {differ} differ"
    unreadable = f", {len(findings.unreadable)} rows cannot be read" if findings.unreadable else ""
    hint = ' Nothing was written. To repair, add: --repair --reason "…"' if unrepaired and not is_repairing else ""
    return f"{compared}, {unrepaired} not repaired{unreadable}.{hint}"


def _pause(seconds: float) -> None:
    print(f"Something differs. It is compared again in {seconds:.0f} s …", flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    run_and_exit(main)
