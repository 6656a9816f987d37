"""One search finds levels, reservations, failed executions and payments: exact ids first, then parts of ids."""

from typing import Any

import pytest

from inventory.errors import ReservationNotFound
from inventory.model import ExecutionStatus, FailedExecution
from inventory.read_model.reader import State
from tests.support.http.gateway import Caller
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop
from tests.support.template.openapi import validated

AT = "2026-03-02T11:00:00.000Z"


def failed(name: str, order_id: str | None = None, reservation_id: str | None = None) -> FailedExecution:
    """An execution with a bad input."""
    return FailedExecution(
        name,
        reservation_id or name,
        ExecutionStatus.FAILED,
        AT,
        AT,
        order_id,
        "InvalidReservation",
        "lines: is required",
    )


def found(caller: Caller, query: str, **more: str) -> dict[str, list[str]]:
    """The ids of what one page of a search has, by kind, without empty kinds."""
    content = search(caller, query, **more)
    ids = {
        "levels": [level["product_id"] for level in content["levels"]],
        "reservations": [reservation["reservation_id"] for reservation in content["reservations"]],
        "executions": [execution["execution_name"] for execution in content["executions"]],
        "refunds": [refund["payment_reference"] for refund in content["refunds"]],
    }
    return {kind: names for kind, names in ids.items() if names}


def search(caller: Caller, query: str, **more: str) -> dict[str, Any]:
    """One page of a search, checked against its documented schema."""
    answer = caller.get("/admin/search", query=query, **more)
    assert answer.status == 200, answer
    return validated("SearchResults", answer.content)


def all_found(caller: Caller, query: str, limit: str) -> dict[str, list[str]]:
    """The ids that all pages of a search have, by kind."""
    ids: dict[str, list[str]] = {}
    cursor = ""
    for _ in range(50):
        for kind, names in found(caller, query, limit=limit, cursor=cursor).items():
            assert len(names) <= int(limit)
            ids.setdefault(kind, []).extend(names)
        cursor = search(caller, query, limit=limit, cursor=cursor)["cursor"]
        if cursor is None:
            return ids
    raise AssertionError("the search does not end")


@pytest.fixture
def known(shop: Shop, read_model: FakeReadModel) -> None:
    """A shop of which the read model knows everything."""
    shop.stocks("KIT-1", name="Große Kaffeekanne", on_hand=50)
    shop.stocks("KIT-2", name="Tasse, blau", on_hand=50)
    shop.holds(("KIT-1", 1), reservation_id="R-1001", order_id="O-77", customer_id="Customer-5")
    shop.cancels(shop.holds(("KIT-1", 1), reservation_id="R-1002", order_id="O-77", customer_id="Customer-6"))
    late = shop.holds(("KIT-2", 1), reservation_id="R-2001", order_id="O-78")
    shop.cancels(late)
    shop.pays(late, "PAY-900")
    shop.failed_execution_store.add(failed("R-3001", "O-79"))
    read_model.follows()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("state", ["with", "without"])
def test_exact_ids_are_found_with_and_without_the_read_model(
    manager: Caller, read_model: FakeReadModel, state: str
) -> None:
    if state == "without":
        read_model.is_lost()

    assert found(manager, "KIT-1")["levels"] == ["KIT-1"]
    assert found(manager, "R-1001") == {"reservations": ["R-1001"]}
    assert sorted(found(manager, "O-77")["reservations"]) == ["R-1001", "R-1002"]
    assert found(manager, "R-2001") == {"reservations": ["R-2001"], "refunds": ["PAY-900"]}
    assert found(manager, "R-3001") == {"executions": ["R-3001"]}
    assert found(manager, "O-79") == {"executions": ["R-3001"]}
    assert search(manager, "R-1001")["read_model"]["state"] == ("CURRENT" if state == "with" else "MISSING")


@pytest.mark.usefixtures("known")
def test_parts_of_ids_and_words_of_names_are_found_in_any_case(manager: Caller) -> None:
    assert found(manager, "kaffee grosse") == {"levels": ["KIT-1"]}
    assert found(manager, "it-2") == {"levels": ["KIT-2"]}
    assert found(manager, "customer-5") == {"reservations": ["R-1001"]}
    assert found(manager, "r-100") == {"reservations": ["R-1002", "R-1001"]}
    assert found(manager, "o-7") == {
        "reservations": ["R-2001", "R-1002", "R-1001"],
        "executions": ["R-3001"],
        "refunds": ["PAY-900"],
    }
    assert found(manager, "pay-9")["refunds"] == ["PAY-900"]
    assert found(manager, "300") == {"executions": ["R-3001"]}
    assert found(manager, "nothing like it") == {}


@pytest.mark.usefixtures("known")
def test_parts_are_not_found_without_the_read_model(manager: Caller, read_model: FakeReadModel) -> None:
    read_model.is_lost()

    content = search(manager, "R-100")

    assert (found(manager, "R-100"), content["cursor"]) == ({}, None)
    assert content["read_model"] == {"state": "MISSING", "followed_until": None}


@pytest.mark.usefixtures("known")
def test_what_was_written_a_moment_ago_is_found_by_its_id(manager: Caller, shop: Shop) -> None:
    shop.stocks("NEW-1")
    shop.holds(("KIT-1", 1), reservation_id="R-9001", order_id="O-90")
    shop.failed_execution_store.add(failed("R-9002", "O-90"))

    assert found(manager, "NEW-1") == {"levels": ["NEW-1"]}
    assert found(manager, "O-90") == {"reservations": ["R-9001"], "executions": ["R-9002"]}


def test_a_reservation_is_found_by_its_id_and_by_the_name_of_its_row(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.stocks("P-1")
    name = shop.holds(("P-1", 1), reservation_id="cart 1/2 #3").name
    read_model.follows()

    for searched in ("cart 1/2 #3", name, "1/2", name[:9].upper()):
        assert found(manager, searched) == {"reservations": ["cart 1/2 #3"]}


@pytest.mark.parametrize("limit", ["1", "2", "3", "50"])
def test_everything_is_found_once_on_pages_of_any_size(
    manager: Caller, shop: Shop, read_model: FakeReadModel, limit: str
) -> None:
    for number in range(4):
        shop.stocks(f"X-1{number}", name="X-1", on_hand=9)
    shop.stocks("X-1", on_hand=9)
    for number in range(3):
        shop.holds(("X-1", 1), reservation_id=f"R-{number}", order_id="X-1")
        shop.failed_execution_store.add(failed(f"X-1-{number}"))
    shop.holds(("X-1", 1), reservation_id="X-1")
    shop.holds(("X-1", 1), reservation_id="R-9", order_id="YX-12")
    read_model.follows()

    ids = all_found(manager, "X-1", limit)

    assert sorted(ids["levels"]) == ["X-1", "X-10", "X-11", "X-12", "X-13"]
    assert sorted(ids["reservations"]) == ["R-0", "R-1", "R-2", "R-9", "X-1"]
    assert sorted(ids["executions"]) == ["X-1-0", "X-1-1", "X-1-2"]
    assert (ids["levels"][0], ids["reservations"][0]) == ("X-1", "X-1")


@pytest.mark.usefixtures("known")
def test_what_is_gone_is_left_out(manager: Caller, shop: Shop) -> None:
    for table, key in (
        (shop.tables.reservations, {"reservation_id": {"S": "R-1001"}}),
        (shop.tables.failed_executions, {"execution_name": {"S": "R-3001"}}),
        (shop.tables.inventory, {"product_id": {"S": "KIT-2"}, "warehouse_id": {"S": "main"}}),
    ):
        shop.client.delete_item(TableName=table, Key=key)

    assert found(manager, "r-100") == {"reservations": ["R-1002"]}
    assert found(manager, "r-300") == found(manager, "tasse") == {}


def test_a_payment_that_has_bought_its_reservation_after_all_is_left_out(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.stocks("P-1", on_hand=5)
    with pytest.raises(ReservationNotFound):
        shop.pays("R-1", "PAY-1")
    assert found(manager, "R-1") == {"refunds": ["PAY-1"]}
    reservation = shop.holds(("P-1", 1), reservation_id="R-1")
    read_model.follows()
    shop.pays(reservation, "PAY-1")

    assert found(manager, "PAY-1") == {}
    assert found(manager, "R-1") == {"reservations": ["R-1"]}


@pytest.mark.usefixtures("known")
def test_a_cursor_of_another_search_is_refused(manager: Caller) -> None:
    cursor = search(manager, "R-", limit="1")["cursor"]

    assert manager.get("/admin/search", query="R-", limit="1", cursor=cursor).status == 200
    for path, query in (("/admin/search", {"query": "r-1"}), ("/admin/reservations", {"search": "R-"})):
        assert manager.get(path, cursor=cursor, **query).invalid_fields == ["cursor"]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("state", [State.BEHIND, State.STALE])
def test_a_late_read_model_says_so(manager: Caller, read_model: FakeReadModel, state: State) -> None:
    read_model.state = state

    assert search(manager, "r-100")["read_model"]["state"] == state


# --- the list of reservations


def listed(caller: Caller, limit: str = "50", **query: str) -> list[str]:
    """The ids of all pages of a list of reservations."""
    ids: list[str] = []
    cursor = ""
    for _ in range(50):
        answer = caller.get("/admin/reservations", limit=limit, cursor=cursor, **query)
        content = validated("ReservationList", answer.content)
        ids += [reservation["reservation_id"] for reservation in content["items"]]
        cursor = content["cursor"]
        if cursor is None:
            return ids
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("limit", ["1", "2", "3", "50"])
def test_reservations_are_listed_once_each_exact_ones_first(
    manager: Caller, shop: Shop, read_model: FakeReadModel, limit: str
) -> None:
    shop.stocks("P-1", on_hand=50)
    for number in range(4):
        shop.holds(("P-1", 1), reservation_id=f"X-1{number}", customer_id=f"C-{number}")
    for number in range(2):
        shop.holds(("P-1", 1), reservation_id=f"R-{number}", order_id="X-1")
    shop.holds(("P-1", 1), reservation_id="X-1", order_id="X-1")
    read_model.follows()

    names = listed(manager, limit, search="X-1")

    assert (names[0], sorted(names[1:3]), names[3:]) == ("X-1", ["R-0", "R-1"], ["X-13", "X-12", "X-11", "X-10"])


@pytest.mark.usefixtures("known")
def test_reservations_are_found_by_a_part_and_filtered(manager: Caller) -> None:
    assert listed(manager, search="r-100") == ["R-1002", "R-1001"]
    assert listed(manager, search="r-100", status="RELEASED") == ["R-1002"]
    assert listed(manager, search="customer", product_id="KIT-1", limit="1") == ["R-1002", "R-1001"]
    assert listed(manager, search="customer", product_id="KIT-2") == []


@pytest.mark.usefixtures("known")
def test_a_list_of_reservations_ends_with_the_exact_ones_without_the_read_model(
    manager: Caller, read_model: FakeReadModel
) -> None:
    read_model.is_lost()

    assert sorted(listed(manager, "1", search="O-77")) == ["R-1001", "R-1002"]
    assert listed(manager, search="r-100") == []
    answer = manager.get("/admin/reservations", search="r-100").content
    assert answer["read_model"]["state"] == "MISSING"
    assert "read_model" not in manager.get("/admin/reservations").content


@pytest.mark.usefixtures("known")
def test_a_cursor_of_another_search_of_reservations_is_refused(manager: Caller) -> None:
    cursor = manager.get("/admin/reservations", search="r-", limit="1").content["cursor"]

    for query in ({"search": "r-1"}, {"search": "r-", "status": "HELD"}, {}):
        assert manager.get("/admin/reservations", cursor=cursor, **query).invalid_fields == ["cursor"]
