"""Imports as a manager makes them over HTTP, and the worker as EventBridge starts it."""

from typing import Any

import import_catalogue
from tests.support.http.gateway import CONTEXT, Answer, Caller
from tests.support.shop import Shop
from tests.support.shop.catalogue import HEADER


class Killed(BaseException):
    """The worker crashed."""


def mugs(number: int, on_hand: int = 7) -> str:
    """A catalogue of this many products."""
    return HEADER + "".join(f"P-{index},main,Mug,kitchen,{on_hand},2\n" for index in range(number))


def sent(manager: Caller, content: str | bytes, *, key: str | None = None, **query: str) -> Answer:
    """Send a file, and return the response."""
    headers = {"Content-Type": "text/csv"} | ({"Idempotency-Key": key} if key else {})
    return manager.calls("POST", "/admin/imports", content, headers=headers, query=query)


def submitted(manager: Caller, content: str | bytes, *, key: str | None = None, **query: str) -> str:
    """Send a file that is accepted, and return the id of its import."""
    answer = sent(manager, content, key=key, **query)
    assert answer.status == 202, answer
    return str(answer.content["import_id"])


def run_worker(import_id: str, *, key: str | None = None) -> None:
    """Run the worker on the event that EventBridge sends for the file, or for another object."""
    detail = {"bucket": {"name": "imports"}, "object": {"key": key or f"uploads/{import_id}.csv"}}
    import_catalogue.handler({"detail-type": "Object Created", "detail": detail}, CONTEXT)


def report_on(manager: Caller, import_id: str) -> dict[str, Any]:
    """The report of an import."""
    answer = manager.get(f"/admin/imports/{import_id}")
    assert answer.status == 200, answer
    content: dict[str, Any] = answer.content
    return content


def imported(manager: Caller, content: str | bytes, **query: str) -> dict[str, Any]:
    """Import a file, and return its final report."""
    import_id = submitted(manager, content, **query)
    run_worker(import_id)
    return report_on(manager, import_id)


def figures(report: dict[str, Any]) -> tuple[str, int, int, int, int]:
    """The status and the counts of a report; levels that were created or changed together."""
    applied = report["created"] + report["changed"]
    return report["status"], report["rows"], report["done"], applied, report["error_count"]


def movements(shop: Shop) -> list[dict[str, Any]]:
    """The ledger, without the decisions of rows, which move nothing."""
    return [row for row in shop.rows(shop.tables.movements) if row["kind"] != "REQUEST"]
