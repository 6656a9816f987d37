"""Imports over HTTP: a file is accepted, applied by the worker and reported, once even after crashes and repeats."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.imports import run as use_cases
from inventory.imports import submission
from inventory.imports.report import STALE_AFTER, Report
from inventory.imports.store import ImportStore
from inventory.model import utc_now
from tests.support.http.gateway import Answer, ApiRequest, Caller
from tests.support.http.imports import (
    Killed,
    figures,
    imported,
    movements,
    mugs,
    report_on,
    run_worker,
    sent,
    submitted,
)
from tests.support.shop import Shop, at_once
from tests.support.shop.catalogue import HEADER


@pytest.fixture(autouse=True)
def few_rows_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Process even small files in several portions."""
    monkeypatch.setattr(use_cases, "ROWS_A_REPORT", 5)


# --- valid files


def test_an_import_is_pending_then_done_and_recorded_in_the_ledger(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(12))
    before = report_on(manager, import_id)
    run_worker(import_id)

    after = report_on(manager, import_id)

    assert (before["status"], before["started_at"], before["ended_at"]) == ("PENDING", None, None)
    assert figures(after) == ("DONE", 12, 12, 12, 0)
    assert after["submitted_at"] <= after["started_at"] <= after["ended_at"]
    assert (after["mode"], after["actor"]) == ("ALL_OR_NONE", "ada")
    assert shop.level("P-11").on_hand == 7
    [movement] = manager.get("/admin/inventory/P-11/movements").content["items"]
    assert (movement["actor"], movement["reason"], movement["reference"]) == ("ada", "import", import_id)
    shop.adds_up()


def test_an_export_can_be_imported_without_changes(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, name='Mug, "blue"', category="Küche")
    shop.stocks("P-2", on_hand=8)

    report = imported(manager, manager.get("/admin/export").content)

    assert figures(report) == ("DONE", 2, 2, 0, 0)
    assert shop.level("P-1").version == 1


def test_only_rows_that_differ_are_changed(manager: Caller, shop: Shop) -> None:
    imported(manager, mugs(6))
    shop.sells(("P-3", 1))

    report = imported(manager, mugs(6))

    assert figures(report) == ("DONE", 6, 6, 1, 0)
    assert [shop.level(f"P-{index}").on_hand for index in range(6)] == [7] * 6
    shop.adds_up()


@pytest.mark.parametrize("content", [mugs(1).encode(), mugs(1).encode("utf-8-sig"), mugs(1).replace("\n", "\r\n")])
def test_a_file_may_come_from_any_editor(manager: Caller, content: str | bytes) -> None:
    assert figures(imported(manager, content)) == ("DONE", 1, 1, 1, 0)


def test_a_level_that_an_import_makes_low_is_alerted(manager: Caller, shop: Shop) -> None:
    imported(manager, mugs(2, on_hand=7))

    imported(manager, mugs(2, on_hand=1))

    assert len(shop.topics.low_stock) == 2


# --- invalid files

INVALID = HEADER + "P-0,main,Mug,kitchen,7,2\nP-1,main,,kitchen,many,2\nP-2,main,Mug,kitchen,7,2\n"


def test_one_invalid_row_stops_the_whole_import(manager: Caller, shop: Shop) -> None:
    report = imported(manager, INVALID)

    assert figures(report) == ("FAILED", 3, 0, 0, 2)
    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "name"), (3, "on_hand")]
    assert shop.rows(shop.tables.inventory) == []


def test_mode_good_rows_applies_the_valid_rows(manager: Caller, shop: Shop) -> None:
    report = imported(manager, INVALID, mode="GOOD_ROWS")

    assert figures(report) == ("DONE", 3, 3, 2, 2)
    assert sorted(row["product_id"] for row in shop.rows(shop.tables.inventory)) == ["P-0", "P-2"]
    shop.adds_up()


@pytest.mark.parametrize(("mode", "applied"), [("ALL_OR_NONE", False), ("GOOD_ROWS", True)])
def test_a_count_below_the_reserved_units_is_an_error_of_its_line(
    manager: Caller, shop: Shop, mode: str, applied: bool
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 8))

    report = imported(manager, mugs(3), mode=mode)

    assert figures(report) == (("DONE", 3, 3, 2, 1) if applied else ("FAILED", 3, 0, 0, 1))
    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "on_hand")]
    assert len(shop.rows(shop.tables.inventory)) == (3 if applied else 1)
    shop.adds_up()


@pytest.mark.parametrize("mode", ["ALL_OR_NONE", "GOOD_ROWS", "CHECK"])
@pytest.mark.parametrize(
    "content",
    [
        "product_id\nP-1\n",
        HEADER,
        b"\xff\xfe" + mugs(1).encode(),
        (HEADER + 'P-1,main,"Mug,kitchen,7,2\n'),
        mugs(10_001),
    ],
    ids=["columns missing", "no rows", "not UTF-8", "an open quote", "too many rows"],
)
def test_a_file_that_cannot_be_read_changes_nothing(manager: Caller, shop: Shop, mode: str, content: Any) -> None:
    report = imported(manager, content, mode=mode)

    assert report["status"] == "FAILED"
    assert report["errors"]
    assert shop.rows(shop.tables.inventory) == []


# --- files that are only checked


def tables(shop: Shop) -> list[list[dict[str, Any]]]:
    """Every row of every table."""
    names = (shop.tables.inventory, shop.tables.reservations, shop.tables.movements)
    return [sorted(shop.rows(name), key=str) for name in names]


def test_a_check_counts_what_would_change_and_changes_nothing(manager: Caller, shop: Shop) -> None:
    imported(manager, mugs(6))
    shop.sells(("P-3", 1))
    shop.stocks("P-4", on_hand=7, name="Cup", low_stock_threshold=2)
    before = tables(shop)

    report = imported(manager, mugs(8), mode="CHECK")

    assert (figures(report), report["mode"]) == (("DONE", 8, 8, 4, 0), "CHECK")  # P-3, P-4 and two new ones
    assert report["ended_at"]
    assert tables(shop) == before
    assert shop.topics.low_stock == []


@pytest.mark.parametrize("content", [INVALID, mugs(3)], ids=["invalid rows", "a count below the reserved units"])
def test_a_check_reports_the_same_errors_as_an_import(manager: Caller, shop: Shop, content: str) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.holds(("P-1", 8))
    before = tables(shop)

    checked = imported(manager, content, mode="CHECK")
    loaded = imported(manager, content)

    assert checked["errors"]
    assert (checked["status"], checked["errors"]) == (loaded["status"], loaded["errors"])
    assert (checked["status"], checked["failed"], loaded["failed"]) == ("FAILED", 1, 1)
    assert (checked["created"], loaded["created"]) == (2, 0), "the check says what the good rows would do"
    assert tables(shop) == before


def test_an_import_changes_what_its_check_announced(manager: Caller, shop: Shop) -> None:
    imported(manager, mugs(3))

    checked = imported(manager, mugs(9, on_hand=8), mode="CHECK")
    loaded = imported(manager, mugs(9, on_hand=8))

    assert figures(checked) == figures(loaded) == ("DONE", 9, 9, 9, 0)


# --- parameters and limits


def test_a_mode_may_be_written_in_lower_case(manager: Caller) -> None:
    report = imported(manager, INVALID, mode="good_rows")

    assert (report["mode"], report["created"]) == ("GOOD_ROWS", 2)


def test_only_the_first_1_000_errors_are_listed(manager: Caller) -> None:
    report = imported(manager, HEADER + "P-1,main,Mug,kitchen,many,2\n" * 1_500)

    assert report["error_count"] == 1_500
    assert [error["line"] for error in report["errors"]] == list(range(2, 1_002))


def test_a_file_that_is_too_large_or_empty_is_refused(manager: Caller) -> None:
    too_large: Answer = manager.calls("POST", "/admin/imports", b"x" * (submission.FILE_BYTES_MAX + 1))

    assert (too_large.status, too_large.code) == (413, "IMPORT_TOO_LARGE")
    assert manager.calls("POST", "/admin/imports", None).invalid_fields == ["(content)"]
    assert manager.calls("POST", "/admin/imports", mugs(1), query={"mode": "most"}).invalid_fields == ["mode"]


def test_the_largest_file_fits_into_a_request_of_lambda() -> None:
    # API Gateway encodes the file as base64, and adds headers of up to 10,240 bytes twice.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    headers = {"Content-Type": "text/csv", "Authorization": "x" * 10_240}
    request = ApiRequest("POST", "/admin/imports", b"x" * submission.FILE_BYTES_MAX, headers)

    assert len(json.dumps(request.event())) <= 6_291_456


def test_the_movements_of_an_import_have_the_reason_and_the_reference_that_it_names(
    manager: Caller, shop: Shop
) -> None:
    shop.stocks("P-0", on_hand=10)

    report = imported(manager, mugs(1), reason="count: aisle 4", reference="COUNT 4711/a")

    assert (report["reason"], report["reference"]) == ("count: aisle 4", "COUNT 4711/a")
    counted = movements(shop)[-1]
    assert (counted["reason"], counted["reference"], counted["delta"]) == ("count: aisle 4", "COUNT 4711/a", -3)
    shop.adds_up()


def test_the_same_file_under_its_key_with_another_reference_is_a_conflict(manager: Caller) -> None:
    submitted(manager, mugs(1), key="aisle-4", reference="COUNT-1")

    assert sent(manager, mugs(1), key="aisle-4", reference="COUNT-2").status == 409


@pytest.mark.parametrize(
    "query",
    [
        *({"reason": "x" * 201}, {"reason": "a\u202eb"}),
        *({"reference": "x" * 129}, {"reference": " a"}, {"reference": "a\u200bb"}),
    ],
    ids=ascii,
)
def test_a_reason_or_a_reference_of_an_import_that_breaks_the_rules_is_refused(
    manager: Caller, query: dict[str, str]
) -> None:
    answer = sent(manager, mugs(1), **query)

    assert (answer.status, answer.content["errors"][0]["field"]) == (400, next(iter(query)))


def test_an_import_that_does_not_exist_is_not_found(manager: Caller) -> None:
    assert manager.get(f"/admin/imports/{'0' * 32}").code == "IMPORT_NOT_FOUND"
    assert manager.get("/admin/imports/latest").invalid_fields == ["import_id"]


# --- crashes, repeats and lost files


def crash_at(shop: Shop, monkeypatch: pytest.MonkeyPatch, transaction: int, *, written: bool) -> None:
    """Crash at this transaction, before or after it is written."""
    transact = shop.client.transact_write_items
    calls = iter(range(1_000))

    def crashing(**request: Any) -> Any:
        number = next(calls)
        if number == transaction and written:
            transact(**request)
        if number >= transaction:
            raise Killed
        return transact(**request)

    monkeypatch.setattr(shop.client, "transact_write_items", crashing)


@pytest.mark.parametrize("written", [False, True], ids=["before it is written", "after it is written"])
@pytest.mark.parametrize("transaction", [0, 3, 5, 11])
def test_an_import_that_crashes_and_is_retried_leaves_what_one_run_leaves(
    manager: Caller, shop: Shop, transaction: int, written: bool
) -> None:
    import_id = submitted(manager, mugs(12))
    with pytest.MonkeyPatch.context() as monkeypatch:
        crash_at(shop, monkeypatch, transaction, written=written)
        with pytest.raises(Killed):
            run_worker(import_id)

    run_worker(import_id)

    assert figures(report_on(manager, import_id)) == ("DONE", 12, 12, 12, 0)
    assert len(movements(shop)) == 12
    shop.adds_up()


def test_a_retry_does_not_undo_an_edit_since_the_first_run(manager: Caller, shop: Shop) -> None:
    for number in range(12):
        shop.stocks(f"P-{number}", on_hand=7, low_stock_threshold=2, name="Cup")
    import_id = submitted(manager, mugs(12))
    with pytest.MonkeyPatch.context() as monkeypatch:
        crash_at(shop, monkeypatch, 8, written=True)
        with pytest.raises(Killed):
            run_worker(import_id)
    renamed = [row["product_id"] for row in shop.rows(shop.tables.inventory) if row["name"] == "Mug"]
    for product_id in renamed:
        shop.stocks(product_id, on_hand=7, low_stock_threshold=2, name="Beaker")

    run_worker(import_id)

    assert renamed
    assert {shop.level(product_id).name for product_id in renamed} == {"Beaker"}
    assert figures(report_on(manager, import_id)) == ("DONE", 12, 12, 12, 0)
    shop.adds_up()


def test_a_retry_does_not_undo_a_sale_since_the_first_run(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(12))
    with pytest.MonkeyPatch.context() as monkeypatch:
        crash_at(shop, monkeypatch, 8, written=True)
        with pytest.raises(Killed):
            run_worker(import_id)
    counted = [row["product_id"] for row in shop.rows(shop.tables.inventory)]
    for product_id in counted:
        shop.sells((product_id, 1))

    run_worker(import_id)

    assert {shop.level(product_id).on_hand for product_id in counted} == {6}
    assert figures(report_on(manager, import_id)) == ("DONE", 12, 12, 12, 0)
    shop.adds_up()


def test_a_retry_applies_all_rows_but_the_one_that_a_hold_blocks(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-11", on_hand=10)
    import_id = submitted(manager, mugs(12))
    with pytest.MonkeyPatch.context() as monkeypatch:
        crash_at(shop, monkeypatch, 2, written=False)
        with pytest.raises(Killed):
            run_worker(import_id)
    shop.holds(("P-11", 8))

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert figures(report) == ("DONE", 12, 12, 11, 1)
    assert [error["line"] for error in report["errors"]] == [13]
    shop.adds_up()


def test_a_file_with_two_events_is_imported_once(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(3))
    run_worker(import_id)
    shop.sells(("P-1", 1))
    first = report_on(manager, import_id)

    run_worker(import_id)

    assert report_on(manager, import_id) == first
    assert shop.level("P-1").on_hand == 6


def test_a_file_with_concurrent_events_is_imported_once(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(12))

    at_once(*[lambda: run_worker(import_id)] * 3)

    assert figures(report_on(manager, import_id)) == ("DONE", 12, 12, 12, 0)
    assert len(movements(shop)) == 12
    shop.adds_up()


def test_a_file_that_is_sent_twice_with_its_key_is_imported_once(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(3), key="COUNT-1")
    run_worker(import_id)
    shop.sells(("P-1", 1))

    again = submitted(manager, mugs(3), key="COUNT-1")
    run_worker(again)

    assert again == import_id
    assert shop.level("P-1").on_hand == 6, "the sale is not undone"
    shop.adds_up()


def test_concurrent_copies_of_a_file_with_one_key_are_one_import(manager: Caller, shop: Shop) -> None:
    import_ids = at_once(*[lambda: submitted(manager, mugs(3), key="COUNT-1")] * 4)

    for import_id in import_ids:
        run_worker(import_id)

    assert len(set(import_ids)) == 1
    assert len(movements(shop)) == 3


@pytest.mark.parametrize(("content", "mode"), [(mugs(2), "ALL_OR_NONE"), (mugs(3), "GOOD_ROWS")])
def test_a_key_with_another_file_or_mode_is_a_conflict(manager: Caller, content: str, mode: str) -> None:
    import_id = submitted(manager, mugs(3), key="COUNT-1", mode="ALL_OR_NONE")

    refused = sent(manager, content, key="COUNT-1", mode=mode)
    run_worker(import_id)

    assert (refused.status, refused.content["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert figures(report_on(manager, import_id)) == ("DONE", 3, 3, 3, 0)


def crash_before_the_file_is_stored(manager: Caller, imports: ImportStore, content: str, key: str) -> None:
    """Submit a file, and crash after its report and before the file itself is stored."""
    put_first = imports._put_first

    def put_report_only(object_key: str, *rest: Any) -> bool:
        if object_key.startswith("uploads/"):
            raise Killed
        return put_first(object_key, *rest)

    with pytest.MonkeyPatch.context() as monkeypatch, pytest.raises(Killed):
        monkeypatch.setattr(imports, "_put_first", put_report_only)
        sent(manager, content, key=key)


def test_a_submission_that_crashed_before_its_file_was_stored_can_be_repeated(
    manager: Caller, imports: ImportStore
) -> None:
    crash_before_the_file_is_stored(manager, imports, mugs(3), key="COUNT-1")

    import_id = submitted(manager, mugs(3), key="COUNT-1")
    run_worker(import_id)

    assert figures(report_on(manager, import_id)) == ("DONE", 3, 3, 3, 0)


def test_a_crashed_submission_fixes_the_mode_of_its_key_but_not_the_file(manager: Caller, imports: ImportStore) -> None:
    crash_before_the_file_is_stored(manager, imports, mugs(3), key="COUNT-1")

    assert sent(manager, mugs(3), key="COUNT-1", mode="CHECK").status == 409
    assert sent(manager, mugs(2), key="COUNT-1").status == 202, "no file was stored, so any file is accepted"


def test_an_invalid_key_is_named(manager: Caller) -> None:
    refused = sent(manager, mugs(1), key="two\nlines")

    assert refused.status == 400
    assert [error["field"] for error in refused.content["errors"]] == ["Idempotency-Key"]


def test_an_export_escapes_formulas_and_an_import_restores_them(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=7, name="=HYPERLINK(1)", category="@kitchen")

    exported = manager.get("/admin/export").content
    report = imported(manager, exported)

    assert "P-1,main, =HYPERLINK(1), @kitchen,7," in exported
    assert figures(report) == ("DONE", 1, 1, 0, 0)


@pytest.mark.parametrize("last_report", [lambda report: report, lambda report: report.at(utc_now(), "RUNNING")])
def test_a_stale_import_is_reported_as_failed(
    manager: Caller, imports: ImportStore, last_report: Callable[[Report], Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = submitted(manager, mugs(3))
    imports.save(last_report(imports.report(import_id)))
    monkeypatch.setattr("admin_routes.files.utc_now", lambda: utc_now() + STALE_AFTER + timedelta(seconds=1))

    report = report_on(manager, import_id)

    assert report["status"] == "FAILED"
    assert [error["field"] for error in report["errors"]] == ["(file)"]
