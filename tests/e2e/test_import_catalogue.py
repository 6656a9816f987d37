"""A catalogue is imported over HTTP, from the upload to the report, and exported again."""

import csv
import io
import json
import urllib.request

import pytest

from tests.support.deployed.manager import Manager
from tests.support.shop.catalogue import HEADER

ROWS = 500


def test_an_imported_catalogue_is_exported_unchanged(manager: Manager) -> None:
    rows = [f"IMP-{number:04d},main,Imported {number},imported,{number},3\n" for number in range(ROWS)]
    catalogue = "".join([HEADER, *rows]).encode()

    checked = manager.imports(catalogue, "CHECK")
    imported = manager.imports(catalogue, "ALL_OR_NONE")
    headers, exported = manager.asks("GET", "/admin/export?category=imported")

    for report in (checked, imported):
        assert (report["status"], report["rows"], report["created"], report["errors"]) == ("DONE", ROWS, ROWS, [])
    assert headers["Content-Type"].startswith("text/csv")
    rows_read = sorted(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"))), key=lambda row: row["product_id"])
    assert [int(row["on_hand"]) for row in rows_read] == list(range(ROWS))


def test_a_file_is_sent_to_a_url_and_an_export_of_any_size_is_read_from_one(manager: Manager) -> None:
    upload = manager.posts("/admin/imports", {"upload": True, "mode": "ALL_OR_NONE"})
    content = f"{HEADER}SENT-1,main,Sent,sent,5,1\n".encode()
    with urllib.request.urlopen(urllib.request.Request(upload["upload_url"], content, method="PUT"), timeout=60):
        report = manager.waits_for(f"/admin/imports/{upload['import_id']}")
    _, begun = manager.asks("POST", "/admin/exports?category=sent")
    export = manager.waits_for(f"/admin/exports/{json.loads(begun)['export_id']}")
    with urllib.request.urlopen(export["url"], timeout=60) as file:
        exported = file.read()
    again = manager.imports(exported, "ALL_OR_NONE")

    assert (report["status"], report["created"]) == ("DONE", 1)
    assert (export["status"], export["rows"]) == ("DONE", 1)
    assert exported.startswith(b"\xef\xbb\xbfproduct_id,")
    assert (again["status"], again["unchanged"]) == ("DONE", 1)


@pytest.mark.parametrize(("mode", "created"), [("ALL_OR_NONE", 0), ("GOOD_ROWS", 1), ("CHECK", 1)])
def test_invalid_rows_are_named_by_line_and_valid_ones_are_applied_by_mode(
    manager: Manager, mode: str, created: int
) -> None:
    name = mode.replace("_", "-")
    content = f"{HEADER}GOOD-{name},main,Good,imported-{name},5,1\nBAD 1,main,Bad,imported,-1,1\n"

    report = manager.imports(content.encode(), mode)

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "on_hand")]
    assert report["created"] == created
