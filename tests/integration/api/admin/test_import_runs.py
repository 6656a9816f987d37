"""Runs of an import that die, are repeated or meet sales: each row is decided once, and nothing that was sold comes back."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory import dependencies
from inventory.imports import run as runs
from inventory.imports.report import Tally
from inventory.imports.store import ImportStore
from inventory.model import iso, utc_now
from tests.support.aws_calls import refusal
from tests.support.fault_injection import hooked
from tests.support.http.gateway import Caller
from tests.support.http.imports import Killed, imported, movements, mugs, report_on, run_worker, sent, submitted
from tests.support.identifiers import IDENTIFIERS, as_stored
from tests.support.shop import Shop, at_once
from tests.support.shop.catalogue import HEADER

EXPORT_HEADER = HEADER.strip() + ",on_hand_was,as_of\n"


@pytest.fixture(autouse=True)
def one_row_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a crash has its place."""
    monkeypatch.setattr(runs, "WRITERS", 1)
    monkeypatch.setattr(runs, "ROWS_A_REPORT", 2)
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def counted(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """What became of the rows."""
    return report["created"], report["changed"], report["unchanged"], report["failed"]


@contextmanager
def killed_at(shop: Shop, write: int, *, written: bool) -> Iterator[None]:
    """Kill the worker at this write of DynamoDB, counted from 0."""
    numbers = iter(range(1_000))
    is_killed = False

    def before(model: Any, **_: Any) -> None:
        nonlocal is_killed
        if is_killed:
            raise Killed
        if model.name in ("PutItem", "TransactWriteItems") and next(numbers) == write:
            is_killed = True
            if not written:
                raise Killed

    def after(**_: Any) -> None:
        if is_killed:
            raise Killed

    with hooked(shop.client, "before-call", before), hooked(shop.client, "after-call", after), pytest.raises(Killed):
        yield
    assert is_killed


# --- a row without an effect is decided, too


@pytest.mark.parametrize("written", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("write", [0, 1, 2])
@pytest.mark.parametrize("skew", [timedelta(), timedelta(seconds=-300)], ids=["right clock", "slow clock"])
def test_units_sold_between_two_runs_do_not_come_back(
    manager: Caller, shop: Shop, write: int, written: bool, skew: timedelta
) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)
    import_id = submitted(manager, HEADER + "P-1,main,Mug,kitchen,10,0\nP-2,main,Mug,kitchen,9,0\n")
    with killed_at(shop, write, written=written):
        run_worker(import_id)
    is_decided = write > 1 or (write == 1 and written)
    shop.now = lambda: utc_now() + (skew if is_decided else timedelta())
    shop.sells(("P-1", 3))

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert (shop.level("P-1").on_hand, shop.level("P-2").on_hand) == (7, 9)
    assert (report["status"], report["done"], counted(report)) == ("DONE", 2, (0, 1, 1, 0))
    shop.adds_up()


def test_a_row_that_changed_nothing_is_not_decided_again_after_an_edit(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)
    import_id = submitted(manager, HEADER + "P-1,main,Mug,kitchen,10,0\nP-2,main,Mug,kitchen,9,0\n")
    with killed_at(shop, 2, written=False):
        run_worker(import_id)
    shop.stocks("P-1", on_hand=8, name="Cup")

    run_worker(import_id)

    assert (shop.level("P-1").name, shop.level("P-1").on_hand) == ("Cup", 8)
    assert counted(report_on(manager, import_id)) == (0, 1, 1, 0)


def test_an_unedited_row_is_not_decided_again_after_a_rename(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)
    as_of = iso(utc_now())
    rows = f"P-1,main,Mug,kitchen,10,0,10,{as_of}\nP-2,main,Mug,kitchen,9,0,5,{as_of}\n"
    import_id = submitted(manager, EXPORT_HEADER + rows)
    with killed_at(shop, 2, written=False):
        run_worker(import_id)
    shop.stocks("P-1", on_hand=10, name="Cup")

    run_worker(import_id)

    assert counted(report_on(manager, import_id)) == (0, 1, 1, 0)
    assert shop.level("P-1").name == "Cup"


def test_a_refused_row_is_not_decided_again_when_its_hold_has_ended(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)
    reservation = shop.holds(("P-1", 4))
    rows = HEADER + "P-1,main,Mug,kitchen,2,0\nP-2,main,Mug,kitchen,9,0\n"
    import_id = submitted(manager, rows, mode="GOOD_ROWS")
    with killed_at(shop, 2, written=False):
        run_worker(import_id)
    shop.times_out(reservation)

    run_worker(import_id)

    assert shop.level("P-1").on_hand == 10
    assert counted(report_on(manager, import_id)) == (0, 1, 0, 1)


def test_two_workers_at_once_decide_each_row_once(manager: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "WRITERS", 4)
    for number in range(4):
        shop.stocks(f"P-{number}", on_hand=7, low_stock_threshold=2)
    import_id = submitted(manager, mugs(8))

    at_once(*[lambda: run_worker(import_id)] * 3)

    assert counted(report_on(manager, import_id)) == (4, 0, 4, 0)
    assert len(movements(shop)) == 8
    shop.adds_up()


def test_a_movement_has_the_time_of_its_write(manager: Caller, shop: Shop) -> None:
    import_id = submitted(manager, mugs(1))
    later = iso(utc_now())

    run_worker(import_id)

    [movement] = movements(shop)
    assert movement["movement_id"].startswith(movement["moved_at"])
    assert movement["moved_at"] >= later
    assert movement["kind"] == "COUNTED", "a count of the submission is no delivery at the time of its write"


# --- an export is imported again


def test_an_unedited_export_undoes_nothing(manager: Caller, shop: Shop) -> None:
    for product_id in ("P-1", "P-2"):
        shop.stocks(product_id, on_hand=10)
    exported = manager.get("/admin/export").content
    shop.sells(("P-1", 3))
    shop.stocks("P-2", on_hand=10, name="Cup")

    checked = imported(manager, exported, mode="CHECK")
    report = imported(manager, exported, mode="GOOD_ROWS")

    assert (shop.level("P-1").on_hand, shop.level("P-2").name) == (7, "Cup")
    for found in (checked, report):
        assert counted(found) == (0, 0, 1, 1)
        assert [(error["line"], error["field"]) for error in found["errors"]] == [(3, "name")] or [
            (error["line"], error["field"]) for error in found["errors"]
        ] == [(2, "name")]
    assert (checked["status"], report["status"]) == ("FAILED", "DONE")
    shop.adds_up()


def test_an_edited_export_is_a_count_of_its_moment(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    exported = manager.get("/admin/export").content
    shop.sells(("P-1", 3))
    shop.adjusts(+1)

    report = imported(manager, exported.replace(",10,0,10,", ",12,0,10,"))

    assert counted(report) == (0, 1, 0, 0)
    assert shop.level("P-1").on_hand == 12 - 3 + 1
    shop.adds_up()


def test_a_sale_between_submission_and_write_is_not_undone(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    import_id = submitted(manager, HEADER + "P-1,main,Mug,kitchen,8,0\n")
    shop.sells(("P-1", 3))

    run_worker(import_id)

    assert shop.level("P-1").on_hand == 8 - 3
    shop.adds_up()


def test_a_moment_in_the_future_is_an_error_of_its_line(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    tomorrow = iso(utc_now() + timedelta(days=1))

    report = imported(manager, EXPORT_HEADER + f"P-1,main,Mug,kitchen,8,0,10,{tomorrow}\n")

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(2, "as_of")]
    assert shop.level("P-1").on_hand == 10


def test_every_identifier_is_imported_and_exported_and_imported_again(manager: Caller, shop: Shop) -> None:
    ids = [as_stored(identifier) for identifier in IDENTIFIERS]
    file = io.StringIO()
    csv.writer(file).writerows([identifier, identifier, "Mug", "kitchen", 7, 2] for identifier in ids)

    loaded = imported(manager, HEADER + file.getvalue())
    exported = manager.get("/admin/export").content
    again = imported(manager, exported)

    assert (counted(loaded), counted(again)) == ((len(ids), 0, 0, 0), (0, 0, len(ids), 0))
    assert {row["product_id"] for row in shop.rows(shop.tables.inventory)} == set(ids)


# --- what a file would do, and what it may not do


def test_a_check_and_its_import_name_what_is_new(manager: Caller, shop: Shop) -> None:
    shop.stocks("P-0", on_hand=7, low_stock_threshold=2)
    shop.stocks("P-1", on_hand=3, low_stock_threshold=2)
    rows = mugs(2) + "P-0,mian,Mug,kitchen,10,2\nP-9,main,,kitchen,1,1\n"

    checked = imported(manager, rows, mode="CHECK")
    loaded = imported(manager, rows, mode="GOOD_ROWS")

    assert counted(checked) == counted(loaded) == (1, 1, 1, 1)
    assert checked["new"] == loaded["new"] == [{"product_id": "P-0", "warehouse_id": "mian", "name": "Mug"}]
    assert (checked["status"], loaded["status"]) == ("FAILED", "DONE")


@pytest.mark.parametrize("mode", ["CHECK", "ALL_OR_NONE", "GOOD_ROWS"])
def test_without_create_a_row_of_a_level_that_does_not_exist_is_an_error(
    manager: Caller, shop: Shop, mode: str
) -> None:
    shop.stocks("P-0", on_hand=3, low_stock_threshold=2)

    report = imported(manager, mugs(1) + "P-0,mian,Mug,kitchen,10,2\n", mode=mode, create="false")

    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "product_id")]
    assert (report["created"], report["failed"], report["new"]) == (0, 1, [])
    assert len(shop.rows(shop.tables.inventory)) == 1
    assert shop.level("P-0").on_hand == (7 if mode == "GOOD_ROWS" else 3)


@pytest.mark.parametrize("mode", ["CHECK", "ALL_OR_NONE", "GOOD_ROWS"])
@pytest.mark.parametrize(
    ("zeros", "query"), [(1, {}), (2, {}), (2, {"confirm": "zeros"})], ids=["a tenth", "more", "confirmed"]
)
def test_a_file_that_sets_more_than_a_tenth_of_its_levels_to_0_needs_a_confirmation(
    manager: Caller, shop: Shop, mode: str, zeros: int, query: dict[str, str]
) -> None:
    passes = zeros == 1 or "confirm" in query
    imported(manager, mugs(10))
    rows = HEADER + "".join(f"P-{number},main,Mug,kitchen,{0 if number < zeros else 7},2\n" for number in range(10))

    report = imported(manager, rows, mode=mode, **query)

    assert (report["status"], [error["field"] for error in report["errors"]]) == (
        ("DONE", []) if passes else ("FAILED", ["confirm"])
    )
    emptied = [number for number in range(10) if shop.level(f"P-{number}").on_hand == 0]
    assert len(emptied) == (zeros if passes and mode != "CHECK" else 0)


def test_an_unknown_confirmation_or_create_is_named(manager: Caller) -> None:
    assert sent(manager, mugs(1), confirm="all").invalid_fields == ["confirm"]
    assert sent(manager, mugs(1), create="maybe").invalid_fields == ["create"]


# --- busy rows


@contextmanager
def throttled(shop: Shop, refusals: int, product_id: str) -> Iterator[None]:
    """Refuse so many writes of a product."""
    left = iter(range(refusals))

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> Any:
        is_of_product = model.name == "TransactWriteItems" and f'"{product_id}"' in str(params["body"])
        return refusal("ThrottlingException") if is_of_product and next(left, None) is not None else None

    with hooked(shop.client, "before-call", refuse):
        yield


@pytest.mark.parametrize("mode", ["ALL_OR_NONE", "GOOD_ROWS"])
def test_busy_rows_are_tried_again_until_they_are_in(manager: Caller, shop: Shop, mode: str) -> None:
    import_id = submitted(manager, mugs(5), mode=mode)

    with throttled(shop, 100, "P-3"):
        run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], report["done"], counted(report)) == ("DONE", 5, (5, 0, 0, 0))
    assert shop.level("P-3").on_hand == 7


def continuations(imports: ImportStore) -> list[str]:
    """The objects that start another worker."""
    found = imports._client.list_objects_v2(Bucket=imports._bucket, Prefix="continuations/")
    return [content["Key"] for content in found.get("Contents", ())]


def test_what_one_run_has_no_time_for_the_next_run_does(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = submitted(manager, mugs(5))
    times = iter([True] * 5)
    start_run = dependencies.import_run
    with monkeypatch.context() as short:
        short.setattr(dependencies, "import_run", lambda clock, _: start_run(clock, lambda: next(times, False)))
        run_worker(import_id)
    between = report_on(manager, import_id)
    [continuation] = continuations(imports)

    run_worker(import_id, key=continuation)

    assert (between["status"], between["done"]) == ("RUNNING", 2)
    assert counted(report_on(manager, import_id)) == (5, 0, 0, 0)
    assert len(movements(shop)) == 5


def test_rows_that_are_busy_in_run_after_run_are_named_and_loaded_when_the_file_is_sent_again(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "ROUNDS_MAX", 1)
    import_id = submitted(manager, mugs(3), key="COUNT-1")
    with throttled(shop, 10_000, "P-1"):
        for _ in range(4):
            run_worker(import_id)
    given_up = report_on(manager, import_id)
    shop.sells(("P-2", 1))

    again = submitted(manager, mugs(3), key="COUNT-1")
    run_worker(import_id, key=continuations(imports)[-1])

    assert (given_up["status"], given_up["done"], counted(given_up)) == ("FAILED", 2, (2, 0, 0, 1))
    assert [(error["line"], error["field"]) for error in given_up["errors"]] == [(3, "(line)")]
    report = report_on(manager, again)
    assert (again, report["status"], counted(report)) == (import_id, "DONE", (3, 0, 0, 0))
    assert (shop.level("P-1").on_hand, shop.level("P-2").on_hand) == (7, 6)


def test_a_check_that_aws_never_answers_ends_and_loads_nothing(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "ROUNDS_MAX", 1)
    import_id = submitted(manager, mugs(3))

    def refuse(model: Any, **_: Any) -> Any:
        return refusal("ThrottlingException") if model.name == "BatchGetItem" else None

    with hooked(shop.client, "before-call", refuse):
        for _ in range(runs.IDLE_RUNS_MAX):
            run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], [error["field"] for error in report["errors"]]) == ("FAILED", ["(file)"])
    assert len(continuations(imports)) == runs.IDLE_RUNS_MAX - 1
    assert shop.rows(shop.tables.inventory) == []


def test_a_file_that_is_replaced_during_its_check_is_checked_from_its_beginning(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        shop.stocks(f"P-{number}", on_hand=7, low_stock_threshold=2)
    import_id = submitted(manager, mugs(4))
    times = iter([True])
    start_run = dependencies.import_run
    with monkeypatch.context() as short:
        short.setattr(dependencies, "import_run", lambda clock, _: start_run(clock, lambda: next(times, False)))
        run_worker(import_id)
    emptied = mugs(4, 0).encode()
    imports._client.put_object(Bucket=imports._bucket, Key=f"uploads/{import_id}.csv", Body=emptied)

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], report["zeros"]) == ("FAILED", 4)
    assert shop.level("P-0").on_hand == 7


def test_a_worker_that_read_the_report_before_another_worker_ended_reports_the_same(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = submitted(manager, mugs(3))
    read_before = imports.report(import_id)
    run_worker(import_id)
    first = imports.report(import_id)

    with monkeypatch.context() as late:
        late.setattr(ImportStore, "report", lambda *_: read_before)
        run_worker(import_id)

    second = imports.report(import_id)
    assert replace(second, started_at=first.started_at, updated_at=first.updated_at, ended_at=first.ended_at) == first


def test_a_row_that_another_tool_wrote_in_another_form_stops_no_other(manager: Caller, shop: Shop) -> None:
    shop.client.put_item(
        TableName=shop.tables.inventory, Item={"product_id": {"S": "P-0"}, "warehouse_id": {"S": "main"}}
    )

    checked = imported(manager, mugs(2), mode="CHECK")
    loaded = imported(manager, mugs(2), mode="GOOD_ROWS")

    assert counted(checked) == counted(loaded) == (1, 0, 0, 1)
    assert [error["line"] for error in loaded["errors"]] == [2]


def test_a_file_of_busy_rows_keeps_few_of_them_and_ends_with_the_report_of_one_run(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        shop.stocks(f"P-{number}", on_hand=1)
    monkeypatch.setattr(runs, "BUSY_MAX", 3)
    monkeypatch.setattr(runs, "ROUNDS_MAX", 2)
    is_busy = True
    tried: list[str] = []

    def refuse(params: Any, **_: Any) -> None:
        for action in params.get("TransactItems", ()):
            for content in action.values():
                if is_busy and content["TableName"] == shop.tables.inventory:
                    tried.append(content["Key"]["product_id"]["S"])
                    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    import_id = submitted(manager, mugs(8, 7))
    with hooked(shop.client, "provide-client-params", refuse):
        run_worker(import_id)
        assert set(tried) == {"P-0", "P-1", "P-2", "P-3"}  # the rest of the file waits until they are in
        is_busy = False
        run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], report["done"], counted(report)) == ("DONE", 8, (0, 8, 0, 0))
    assert [shop.level(f"P-{number}").on_hand for number in range(8)] == [7] * 8


def test_a_run_that_continues_reports_what_earlier_runs_created_and_refused(
    manager: Caller, shop: Shop, imports: ImportStore
) -> None:
    shop.stocks("P-0", on_hand=9)
    shop.holds(("P-0", 5))
    import_id = submitted(manager, mugs(5, 2), mode="GOOD_ROWS")
    with killed_at(shop, 4, written=False):
        run_worker(import_id)

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], report["done"], counted(report)) == ("DONE", 5, (4, 0, 0, 1))
    assert [level["product_id"] for level in report["new"]] == ["P-1", "P-2", "P-3", "P-4"]
    assert [(error["line"], error["field"]) for error in report["errors"]] == [(2, "on_hand")]


# --- uploads


def test_a_large_file_is_sent_to_a_url_and_read_whole_when_it_is_there(
    manager: Caller, shop: Shop, imports: ImportStore
) -> None:
    answer = manager.calls(
        "POST", "/admin/imports", {"upload": True, "mode": "ALL_OR_NONE"}, headers={"Content-Type": "application/json"}
    )
    import_id = answer.content["import_id"]
    waiting = report_on(manager, import_id)
    imports._client.put_object(Bucket=imports._bucket, Key=f"uploads/{import_id}.csv", Body=mugs(10_001).encode())
    runs_with = {"WRITERS": 8, "ROWS_A_REPORT": 5_000}
    with pytest.MonkeyPatch.context() as faster:
        for name, value in runs_with.items():
            faster.setattr(runs, name, value)
        faster.setattr(runs.ImportRun, "_tally_of_check", lambda *_: Tally())
        faster.setattr(runs.ImportRun, "_apply", lambda run, report, *_: run._end(report, "DONE"))
        run_worker(import_id)

    assert answer.status == 201
    assert set(answer.content) == {"import_id", "upload_url", "expires_at"}
    assert f"uploads/{import_id}.csv?" in answer.content["upload_url"]
    assert (waiting["status"], waiting["is_upload"]) == ("PENDING", True)
    assert (report_on(manager, import_id)["status"], report_on(manager, import_id)["rows"]) == ("DONE", 10_001)


def test_an_upload_is_a_count_of_the_time_when_it_arrived(
    manager: Caller, shop: Shop, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stocks("P-0", on_hand=10)
    json_body = {"Content-Type": "application/json"}
    answer = manager.calls("POST", "/admin/imports", {"upload": True, "mode": "ALL_OR_NONE"}, headers=json_body)
    import_id = answer.content["import_id"]
    shop.sells(("P-0", 3))
    imports._client.put_object(Bucket=imports._bucket, Key=f"uploads/{import_id}.csv", Body=mugs(1, 7).encode())
    stored = imports.file(import_id)
    later = replace(stored, arrived_at=shop.now() + timedelta(milliseconds=5))  # S3 knows seconds only
    monkeypatch.setattr(ImportStore, "file", lambda *_: later)
    run_worker(import_id)

    assert shop.level("P-0").on_hand == 7


def test_an_upload_that_is_too_large_is_refused_unread(
    manager: Caller, imports: ImportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.imports.store.UPLOAD_BYTES_MAX", 10)
    json_body = {"Content-Type": "application/json"}
    answer = manager.calls("POST", "/admin/imports", {"upload": True, "mode": "CHECK"}, headers=json_body)
    import_id = answer.content["import_id"]
    imports._client.put_object(Bucket=imports._bucket, Key=f"uploads/{import_id}.csv", Body=mugs(1).encode())

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], [error["field"] for error in report["errors"]]) == ("FAILED", ["(file)"])


def test_a_file_that_is_replaced_during_its_import_is_not_mixed_with_the_first(
    manager: Caller, shop: Shop, imports: ImportStore
) -> None:
    import_id = submitted(manager, mugs(3))
    with killed_at(shop, 2, written=False):
        run_worker(import_id)
    imports._client.put_object(Bucket=imports._bucket, Key=f"uploads/{import_id}.csv", Body=mugs(3, 99).encode())

    run_worker(import_id)

    report = report_on(manager, import_id)
    assert (report["status"], [error["field"] for error in report["errors"]]) == ("FAILED", ["(file)"])
    assert {int(row["on_hand"]) for row in shop.rows(shop.tables.inventory)} == {7}


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({"upload": False}, ["upload"]),
        ({"upload": True, "mode": "most"}, ["mode"]),
        ({"upload": True, "confirm": "all"}, ["confirm"]),
        ({"mode": "CHECK"}, ["upload"]),
        ({"upload": True, "reason": 7, "reference": ["a"]}, ["reason", "reference"]),
        ({"upload": True, "reason": "x" * 201, "reference": "a\u200bb"}, ["reason", "reference"]),
    ],
    ids=json.dumps,
)
def test_a_wish_for_an_upload_names_its_invalid_fields(
    manager: Caller, content: dict[str, Any], fields: list[str]
) -> None:
    answer = manager.calls("POST", "/admin/imports", content, headers={"Content-Type": "application/json"})

    assert answer.invalid_fields == fields


@pytest.mark.parametrize("change", [lambda: {"mode": "CHECK"}, lambda: {"create": "false"}])
def test_a_key_with_other_rules_is_a_conflict(manager: Caller, change: Callable[[], dict[str, str]]) -> None:
    submitted(manager, mugs(1), key="COUNT-1")

    assert sent(manager, mugs(1), key="COUNT-1", **change()).code == "IDEMPOTENCY_CONFLICT"
