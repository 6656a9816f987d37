"""A catalogue over HTTP, from the upload to the report, and out again."""

import csv
import io
import json
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest

from local import Stack
from local.sign_in import id_token

IMPORTED_WITHIN_SECONDS = 120
HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"
ROWS = 500


@pytest.fixture(scope="session")
def token(stack: Stack) -> str:
    """An inventory manager's id token."""
    assert stack.admin
    return id_token(stack, stack.admin)


def asks(stack: Stack, token: str, method: str, path: str, body: str | None = None) -> tuple[Mapping[str, str], bytes]:
    """One call as an inventory manager: the answer's headers and body."""
    request = urllib.request.Request(
        stack.outputs["ApiUrl"].rstrip("/") + path,
        method=method,
        data=body.encode() if body else None,
        headers={"Authorization": token, "Content-Type": "text/csv"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(answer.headers), answer.read()


def imported(stack: Stack, token: str, content: str, mode: str) -> Mapping[str, Any]:
    """The report on a file, once it has ended."""
    _, taken = asks(stack, token, "POST", f"/admin/imports?mode={mode}", content)
    path = f"/admin/imports/{json.loads(taken)['import_id']}"
    deadline = time.monotonic() + IMPORTED_WITHIN_SECONDS
    while True:
        report: dict[str, Any] = json.loads(asks(stack, token, "GET", path)[1])
        if report["status"] in ("DONE", "FAILED"):
            return report
        assert time.monotonic() < deadline, report
        time.sleep(0.5)


def test_a_catalogue_goes_in_and_comes_out_again(stack: Stack, token: str) -> None:
    rows = [f"IMP-{number:04d},main,Imported {number},imported,{number},3\n" for number in range(ROWS)]

    report = imported(stack, token, HEADER + "".join(rows), "all_or_none")
    headers, exported = asks(stack, token, "GET", "/admin/export?category=imported")

    assert (report["status"], report["rows"], report["changed"], report["errors"]) == ("DONE", ROWS, ROWS, [])
    assert headers["Content-Type"].startswith("text/csv")
    read = sorted(csv.DictReader(io.StringIO(exported.decode())), key=lambda row: row["product_id"])
    assert [int(row["on_hand"]) for row in read] == list(range(ROWS))


@pytest.mark.parametrize(("mode", "changed"), [("all_or_none", 0), ("good_rows", 1)])
def test_bad_rows_are_named_by_line_and_the_good_ones_follow_the_mode(
    stack: Stack, token: str, mode: str, changed: int
) -> None:
    name = mode.replace("_", "-")
    content = f"{HEADER}GOOD-{name},main,Good,imported-{name},5,1\nBAD 1,main,Bad,imported,-1,1\n"

    report = imported(stack, token, content, mode)

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "product_id"), (3, "on_hand")]
    assert report["changed"] == changed
