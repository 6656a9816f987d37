"""The catalogue as a CSV file: every level that the filters match, with the columns of an import."""

import csv
from datetime import datetime

import pytest

from inventory.admin import lists as listing
from tests.support.http.gateway import Answer, Caller
from tests.support.http.lists import stock_of
from tests.support.shop import Shop


def rows_of(export: Answer) -> list[dict[str, str]]:
    """The rows of an export, which begins with a byte order mark."""
    text: str = export.content
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


def test_an_export_has_every_level_and_the_columns_of_an_import(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LEVELS_A_READ", 5)
    monkeypatch.setattr("admin_api.utc_now", lambda: datetime.fromisoformat("2026-03-01T12:00:00Z"))
    stock_of(shop, 12)
    shop.stocks("P-99", on_hand=7, low_stock_threshold=3, name='Mug, "blue"', category="Küche")

    export = manager.get("/admin/export")

    rows = rows_of(export)
    assert export.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(rows) == 13
    assert next(row for row in rows if row["product_id"] == "P-99") == {
        "product_id": "P-99",
        "warehouse_id": "main",
        "name": 'Mug, "blue"',
        "category": "Küche",
        "on_hand": "7",
        "low_stock_threshold": "3",
        "on_hand_was": "7",
        "as_of": "2026-03-01T12:00:00.000Z",
    }


def test_an_export_can_be_filtered_like_the_list(manager: Caller, shop: Shop) -> None:
    names = stock_of(shop, 6)
    shop.stocks("P-00", on_hand=0, category="kitchen")

    def exported(**query: str) -> list[str]:
        return sorted(row["product_id"] for row in rows_of(manager.get("/admin/export", **query)))

    assert exported(category="garden") == names[1::2]
    assert exported(status="OUT_OF_STOCK") == ["P-00"]
    assert exported(search="p-03") == ["P-03"]
    assert exported(warehouse_id="main") == names
    assert exported(warehouse_id="outlet") == []
    assert exported(category="cellar") == []


def test_an_export_that_exceeds_the_size_of_a_response_is_refused(
    manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "EXPORT_BYTES_MAX", 200)
    stock_of(shop, 12)

    refused = manager.get("/admin/export")

    assert (refused.status, refused.code) == (413, "EXPORT_TOO_LARGE")
