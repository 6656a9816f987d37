"""A catalogue over HTTP, from the upload to the report, and out again."""

import csv
import io

import pytest

from tests.support.manager import Manager

HEADER = "product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n"
ROWS = 500


def test_a_catalogue_goes_in_and_comes_out_again(manager: Manager) -> None:
    rows = [f"IMP-{number:04d},main,Imported {number},imported,{number},3\n" for number in range(ROWS)]
    catalogue = "".join([HEADER, *rows]).encode()

    checked = manager.imports(catalogue, "CHECK")
    report = manager.imports(catalogue, "ALL_OR_NONE")
    headers, exported = manager.asks("GET", "/admin/export?category=imported")

    for told in (checked, report):
        assert (told["status"], told["rows"], told["changed"], told["errors"]) == ("DONE", ROWS, ROWS, [])
    assert headers["Content-Type"].startswith("text/csv")
    read = sorted(csv.DictReader(io.StringIO(exported.decode())), key=lambda row: row["product_id"])
    assert [int(row["on_hand"]) for row in read] == list(range(ROWS))


@pytest.mark.parametrize(("mode", "changed"), [("ALL_OR_NONE", 0), ("GOOD_ROWS", 1), ("CHECK", 0)])
def test_bad_rows_are_named_by_line_and_the_good_ones_follow_the_mode(
    manager: Manager, mode: str, changed: int
) -> None:
    name = mode.replace("_", "-")
    content = f"{HEADER}GOOD-{name},main,Good,imported-{name},5,1\nBAD 1,main,Bad,imported,-1,1\n"

    report = manager.imports(content.encode(), mode)

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "product_id"), (3, "on_hand")]
    assert report["changed"] == changed
