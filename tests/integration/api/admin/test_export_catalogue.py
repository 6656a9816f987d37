"""The catalogue as a CSV file: every level that the filters match, with the columns of an import."""

import csv
from collections.abc import Iterator
from datetime import datetime

import pytest

from inventory.admin import exports
from inventory.admin.export_store import ExportStore
from inventory.imports.report import STALE_AFTER
from inventory.imports.store import ImportStore
from inventory.model import utc_now
from tests.support.http.gateway import Answer, Caller
from tests.support.http.imports import run_worker
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
    monkeypatch.setattr(exports, "LEVELS_A_READ", 5)
    monkeypatch.setattr("admin_routes.files.utc_now", lambda: datetime.fromisoformat("2026-03-01T12:00:00Z"))
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
    monkeypatch.setattr(exports, "EXPORT_BYTES_MAX", 200)
    stock_of(shop, 12)

    refused = manager.get("/admin/export")

    assert (refused.status, refused.code) == (413, "EXPORT_TOO_LARGE")
    assert "/admin/exports" in refused.content["detail"]


def test_an_export_of_any_size_is_written_by_the_worker_and_read_from_a_url(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "LEVELS_A_READ", 5)
    stock_of(shop, 12)

    begun = manager.post("/admin/exports", None, category="garden")
    path = f"/admin/exports/{begun.content['export_id']}"
    before = manager.get(path).content
    run_worker("", key=f"export-requests/{begun.content['export_id']}")
    after = manager.get(path).content

    assert (begun.status, begun.headers["Location"]) == (202, path)
    assert (before["status"], before["rows"], before["url"]) == ("PENDING", 0, None)
    assert (after["status"], after["rows"]) == ("DONE", 6)
    key = f"exports/{after['export_id']}.csv"
    assert f"/{key}?" in after["url"]
    text = imports._client.get_object(Bucket=imports._bucket, Key=key)["Body"].read().decode()
    assert text.startswith("\ufeffproduct_id,")
    assert [row["category"] for row in csv.DictReader(text.removeprefix("\ufeff").splitlines())] == ["garden"] * 6


def test_an_export_is_stored_in_parts_or_not_at_all(imports: ImportStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.admin.export_store.PART_BYTES", 5 * 1024 * 1024)  # the least that S3 takes
    store = ExportStore(imports._client, imports._bucket)
    piece = b"x" * 1_000_000

    def interrupted() -> Iterator[bytes]:
        yield from [piece] * 7
        raise TimeoutError

    store.write("whole", [piece] * 12)
    with pytest.raises(TimeoutError):
        store.write("half", interrupted())

    [stored] = imports._client.list_objects_v2(Bucket=imports._bucket, Prefix="exports/")["Contents"]
    assert (stored["Key"], stored["Size"]) == ("exports/whole.csv", 12_000_000)
    assert "Uploads" not in imports._client.list_multipart_uploads(Bucket=imports._bucket)


def test_the_filters_of_an_export_are_checked(manager: Caller) -> None:
    assert manager.post("/admin/exports", {"status": "SOLD"}).invalid_fields == ["status"]
    assert manager.post("/admin/exports", {"colour": "red"}).invalid_fields == ["colour"]
    assert manager.post("/admin/exports", ["garden"]).status == 400
    assert manager.get(f"/admin/exports/{'0' * 32}").code == "EXPORT_NOT_FOUND"
    assert manager.get("/admin/exports/latest").invalid_fields == ["export_id"]


def test_an_export_whose_worker_stopped_is_failed(manager: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    export_id = manager.post("/admin/exports", None).content["export_id"]
    monkeypatch.setattr("admin_routes.files.utc_now", lambda: utc_now() + STALE_AFTER)

    assert manager.get(f"/admin/exports/{export_id}").content["status"] == "FAILED"
