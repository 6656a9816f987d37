"""The admin API on the real read model: current, behind, stale, missing, and with a file or a row that is gone."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory.aws.changes import to_attributes
from inventory.read_model import reader
from tests.support.http.gateway import Answer, Caller
from tests.support.http.lists import pages, stock_of
from tests.support.read_model.built import BuiltReadModel, shop_is_large
from tests.support.shop import Shop
from tests.support.template.openapi import validated

LIST: tuple[str, dict[str, str]] = ("/admin/inventory", {})
SORTED: tuple[str, dict[str, str]] = ("/admin/inventory", {"sort": "name"})
PAGES = {
    "Overview": ("/admin/overview", {}),
    "AdminLevelList": ("/admin/inventory", {"search": "P-"}),
    "AttentionList": ("/admin/attention", {}),
    "LostDemand": ("/admin/lost-demand", {}),
    "SearchResults": ("/admin/search", {"query": "R-"}),
    "ReservationList": ("/admin/reservations", {"search": "R-"}),
    "Timeline": ("/admin/timeline", {"customer_id": "C-1"}),
}


@pytest.fixture(autouse=True)
def large(built: BuiltReadModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop is too large for its table to be read for a list."""
    shop_is_large(monkeypatch)


@pytest.fixture
def sold(shop: Shop) -> None:
    """A shop that sells."""
    stock_of(shop, 5)
    shop.stocks("P-09", on_hand=3, name="Großer Becher")
    for number in range(2):
        shop.sells(("P-09", 1), reservation_id=f"R-{number}", customer_id="C-1")
    shop.reserves(("P-09", 7), reservation_id="R-7", customer_id="C-1")
    shop.holds(("P-00", 1), reservation_id="R-8")


def state(answer: Answer) -> str:
    assert answer.status == 200, answer
    found: str = answer.content["read_model"]["state"]
    return found


def listed(caller: Caller, **query: str) -> list[str]:
    return [level["product_id"] for page in pages(caller, "/admin/inventory", **query) for level in page]


@pytest.mark.usefixtures("sold")
def test_a_built_read_model_answers_every_page(manager: Caller, built: BuiltReadModel) -> None:
    built.is_built()

    answers: dict[str, Any] = {}
    for schema, (path, query) in PAGES.items():
        answer = manager.get(path, **query)
        assert (state(answer), schema) == ("CURRENT", schema)
        answers[schema] = validated(schema, answer.content)

    assert answers["AdminLevelList"]["total"] == 6
    assert answers["Overview"]["stock"]["levels"] == 6
    assert (answers["Overview"]["holds"]["active"], answers["Overview"]["holds"]["ending_soon"]) == (1, 1)
    assert (answers["LostDemand"]["total_units"], answers["LostDemand"]["items"][0]["product_id"]) == (6, "P-09")
    assert answers["LostDemand"]["items"][0]["name"] == "Großer Becher"
    assert [found["reservation_id"] for found in answers["SearchResults"]["reservations"]] == [
        "R-8",
        "R-7",
        "R-1",
        "R-0",
    ]
    assert {entry["reservation_id"] for entry in answers["Timeline"]["items"]} == {"R-0", "R-1", "R-7"}


@pytest.mark.usefixtures("sold")
def test_levels_that_run_out_are_listed_with_what_they_sold(manager: Caller, shop: Shop, built: BuiltReadModel) -> None:
    built.is_late(timedelta(minutes=5))  # the ledger is read when it is settled
    built.is_built()
    built.merges()
    shop.stocks("P-09", on_hand=1, name="Großer Becher")

    content = validated("AttentionList", manager.get("/admin/attention").content)

    [level] = content["items"]
    assert (level["product_id"], level["available"], level["sold_units"]) == ("P-09", 1, 2)
    assert (level["sold_per_day"], level["days_of_cover"], content["total"]) == (0.14, 7.0, 1)
    shop.stocks("P-09", on_hand=50, name="Großer Becher")
    assert manager.get("/admin/attention").content["items"] == []
    assert manager.get("/admin/attention", cursor="eA").invalid_fields == ["cursor"]


@pytest.mark.usefixtures("sold")
def test_what_changed_since_the_snapshot_is_listed_and_found(
    manager: Caller, shop: Shop, built: BuiltReadModel
) -> None:
    built.is_built()
    shop.stocks("NEW-1", name="Ananas")
    shop.holds(("P-00", 1), reservation_id="R-9", customer_id="C-1")
    built.writes_levels("NEW-1")
    built.writes_reservations("R-9")

    assert listed(manager, sort="name")[0] == "NEW-1"
    assert manager.get("/admin/inventory").content["total"] == 7
    assert manager.get("/admin/search", query="r-9").content["reservations"][0]["reservation_id"] == "R-9"
    assert manager.get("/admin/timeline", customer_id="C-1").content["items"][0]["reservation_id"] == "R-9"


@pytest.mark.usefixtures("sold")
def test_a_read_model_that_does_not_follow_is_stale_and_still_lists(manager: Caller, built: BuiltReadModel) -> None:
    built.is_built()
    built.is_late(timedelta(hours=1))

    for path, query in PAGES.values():
        assert state(manager.get(path, **query)) == "STALE"
    assert manager.get("/admin/inventory").content["total"] == 6


@pytest.mark.usefixtures("sold")
def test_a_read_model_with_a_long_journal_is_behind(
    manager: Caller, built: BuiltReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.is_built()
    built.writes_levels("P-00")
    monkeypatch.setattr(reader, "JOURNAL_UNITS_MAX", 0)
    monkeypatch.setattr(reader.ReadModel.changes, "__defaults__", (0,))

    assert state(manager.get("/admin/inventory")) == "BEHIND"
    assert state(manager.get("/admin/search", query="R-")) == "BEHIND"


@pytest.mark.usefixtures("sold")
def test_before_the_first_snapshot_lists_come_in_the_order_of_the_table(manager: Caller) -> None:
    assert len(listed(manager)) == 6
    assert manager.get("/admin/inventory").content["total"] is None
    for path, query in (SORTED, PAGES["AttentionList"], PAGES["LostDemand"], PAGES["Timeline"]):
        answer = manager.get(path, **query)
        assert (answer.status, answer.content["code"]) == (409, "READ_MODEL_MISSING")
    for path, query in (PAGES["Overview"], PAGES["SearchResults"], PAGES["ReservationList"]):
        assert state(manager.get(path, **query)) == "MISSING"


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("kept", ["nothing", "the contents"])
def test_a_snapshot_whose_files_are_gone_is_missing(manager: Caller, built: BuiltReadModel, kept: str) -> None:
    built.is_built()
    names = built.files.names("snapshots/") + built.files.names("segments/")
    built.files.delete([name for name in names if kept == "nothing" or not name.endswith("contents.json")])

    for path, query in (LIST, PAGES["Overview"], PAGES["SearchResults"]):
        assert state(manager.get(path, **query)) == "MISSING"
    assert len(listed(manager)) == 6
    assert manager.get(*SORTED[:1], **SORTED[1]).content["code"] == "READ_MODEL_MISSING"


@pytest.mark.usefixtures("sold")
def test_a_journal_that_cannot_be_read_leaves_the_lists_behind(
    manager: Caller, built: BuiltReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.is_built()

    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Query")

    monkeypatch.setattr(built.journal, "read", refuse)

    for path, query in PAGES.values():
        assert state(manager.get(path, **query)) == "BEHIND"


@pytest.mark.usefixtures("sold")
def test_a_row_of_the_journal_that_another_tool_wrote_is_left_out(
    manager: Caller, shop: Shop, built: BuiltReadModel
) -> None:
    built.is_built()
    row = {"part": f"journal-{built.manifest.generation}", "entry": f"levels-{'9' * 40}-0", "changes": b"no zlib"}
    shop.client.put_item(TableName=shop.tables.read_model, Item=to_attributes(row))

    assert state(manager.get("/admin/inventory", sort="name")) == "CURRENT"
    assert len(listed(manager, sort="name")) == 6


@pytest.mark.usefixtures("sold")
def test_a_manifest_that_cannot_be_read_is_no_read_model(manager: Caller, shop: Shop, built: BuiltReadModel) -> None:
    built.is_built()
    row = {"part": "manifest", "entry": "manifest", "revision": "many"}
    shop.client.put_item(TableName=shop.tables.read_model, Item=to_attributes(row))

    for path, query in (LIST, PAGES["Overview"], PAGES["SearchResults"], PAGES["ReservationList"]):
        assert state(manager.get(path, **query)) == "MISSING"
