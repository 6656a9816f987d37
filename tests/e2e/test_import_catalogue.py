"""A catalogue is imported over HTTP, from the upload to the report, and exported again."""

import csv
import io

import pytest

from tests.support.catalogue import HEADER
from tests.support.deployed.manager import Manager

ROWS = 500


def test_an_imported_catalogue_is_exported_unchanged(manager: Manager) -> None:
    rows = [f"IMP-{number:04d},main,Imported {number},imported,{number},3\n" for number in range(ROWS)]
    catalogue = "".join([HEADER, *rows]).encode()

    checked = manager.imports(catalogue, "CHECK")
    imported = manager.imports(catalogue, "ALL_OR_NONE")
    headers, exported = manager.asks("GET", "/admin/export?category=imported")

    for report in (checked, imported):
        assert (report["status"], report["rows"], report["changed"], report["errors"]) == ("DONE", ROWS, ROWS, [])
    assert headers["Content-Type"].startswith("text/csv")
    rows_read = sorted(csv.DictReader(io.StringIO(exported.decode())), key=lambda row: row["product_id"])
    assert [int(row["on_hand"]) for row in rows_read] == list(range(ROWS))


@pytest.mark.parametrize(("mode", "changed"), [("ALL_OR_NONE", 0), ("GOOD_ROWS", 1), ("CHECK", 0)])
def test_invalid_rows_are_named_by_line_and_valid_ones_are_applied_by_mode(
    manager: Manager, mode: str, changed: int
) -> None:
    name = mode.replace("_", "-")
    content = f"{HEADER}GOOD-{name},main,Good,imported-{name},5,1\nBAD 1,main,Bad,imported,-1,1\n"

    report = manager.imports(content.encode(), mode)

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "product_id"), (3, "on_hand")]
    assert report["changed"] == changed
