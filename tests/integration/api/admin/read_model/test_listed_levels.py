"""Levels are listed by the read model of a large shop, and shown as their rows are now."""

import pytest

from inventory.admin import level_list
from inventory.read_model.reader import State
from tests.support.http.gateway import Answer, Caller
from tests.support.http.lists import pages, stock_of
from tests.support.read_model.fake import FakeReadModel
from tests.support.shop import Shop


def listed(answer: Answer) -> list[str]:
    """The product ids of a page, in its order."""
    return [level["product_id"] for level in answer.content["items"]]


def all_listed(caller: Caller, **query: str) -> list[str]:
    """The product ids of all pages."""
    return [level["product_id"] for page in pages(caller, "/admin/inventory", **query) for level in page]


def test_a_page_says_how_many_levels_the_list_has_and_how_old_it_is(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    stock_of(shop, 7)
    read_model.follows()

    page = manager.get("/admin/inventory", limit="3", sort="name").content
    garden = manager.get("/admin/inventory", limit="2", category="garden").content

    assert (len(page["items"]), page["total"]) == (3, 7)
    assert (len(garden["items"]), garden["total"]) == (2, 3)
    assert page["read_model"] == {"state": "CURRENT", "followed_until": "2026-03-02T12:00:00.000Z"}


def test_a_small_shop_is_listed_from_its_table(manager: Caller, shop: Shop) -> None:
    stock_of(shop, 3)

    page = manager.get("/admin/inventory", search="p-0", sort="on_hand").content

    assert (len(page["items"]), page["total"], page["read_model"]["state"]) == (3, 3, "CURRENT")


def test_a_level_is_shown_as_it_is_now(manager: Caller, shop: Shop, read_model: FakeReadModel) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=20)
    read_model.follows()
    shop.stocks("P-1", on_hand=99)

    items = manager.get("/admin/inventory", sort="on_hand").content["items"]

    assert [(level["product_id"], level["on_hand"]) for level in items] == [("P-1", 99), ("P-2", 20)]


def test_a_spread_level_is_shown_with_the_sums_of_its_shards(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.stocks("P-1", on_hand=40)
    shop.spreads(4)
    read_model.follows()

    [level] = manager.get("/admin/inventory").content["items"]

    assert (level["on_hand"], level["shards"]) == (40, 4)


def test_a_level_that_no_longer_matches_is_left_out(manager: Caller, shop: Shop, read_model: FakeReadModel) -> None:
    for product_id in ("P-1", "P-2", "P-3"):
        shop.stocks(product_id, on_hand=0)
    read_model.follows()
    shop.stocks("P-1", on_hand=5)
    key = {"product_id": {"S": "P-2"}, "warehouse_id": {"S": "main"}}
    shop.client.delete_item(TableName=shop.tables.inventory, Key=key)

    page = manager.get("/admin/inventory", status="OUT_OF_STOCK")

    assert (listed(page), page.content["total"]) == (["P-3"], 3)


@pytest.mark.parametrize("limit", ["1", "2", "50"])
def test_the_product_with_just_the_searched_id_comes_first_and_once(
    manager: Caller, shop: Shop, read_model: FakeReadModel, limit: str
) -> None:
    for product_id in ("A-10", "A-1", "A-11", "BA-1"):
        shop.stocks(product_id)
    read_model.follows()

    found = all_listed(manager, search="A-1", limit=limit, sort="product_id", order="desc")

    assert sorted(found) == ["A-1", "A-10", "A-11", "BA-1"]
    assert limit == "1" or found[0] == "A-1"


def test_a_level_that_was_created_a_moment_ago_is_found_by_its_id(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    shop.stocks("NEW-10")
    read_model.follows()
    shop.stocks("NEW-1", category="garden")

    found = manager.get("/admin/inventory", search="NEW-1")

    assert (listed(found), found.content["total"]) == (["NEW-1", "NEW-10"], 2)
    assert listed(manager.get("/admin/inventory", search="NEW-1", category="kitchen")) == ["NEW-10"]
    assert listed(manager.get("/admin/inventory", search="NEW-")) == ["NEW-10"]


@pytest.mark.parametrize("state", [State.BEHIND, State.STALE])
def test_a_late_read_model_says_so_and_lists(
    manager: Caller, shop: Shop, read_model: FakeReadModel, state: State
) -> None:
    stock_of(shop, 2)
    read_model.follows()
    read_model.state = state

    page = manager.get("/admin/inventory", sort="name").content

    assert (page["read_model"]["state"], page["total"], len(page["items"])) == (state, 2, 2)


# --- without the read model


@pytest.mark.parametrize("query", [{}, {"category": "garden"}, {"status": "IN_STOCK"}], ids=str)
def test_without_the_read_model_levels_come_in_the_order_of_the_table(
    manager: Caller, shop: Shop, read_model: FakeReadModel, query: dict[str, str]
) -> None:
    names = stock_of(shop, 9)
    read_model.is_lost()

    page = manager.get("/admin/inventory", limit="2", **query).content

    assert page["total"] is None
    assert page["read_model"] == {"state": "MISSING", "followed_until": None}
    assert sorted(all_listed(manager, limit="2", **query)) == (names[1::2] if "category" in query else names)


@pytest.mark.parametrize("query", [{"sort": "name"}, {"search": "P-0"}], ids=str)
def test_without_the_read_model_a_large_shop_cannot_be_sorted_or_searched(
    manager: Caller, shop: Shop, read_model: FakeReadModel, query: dict[str, str]
) -> None:
    stock_of(shop, 2)
    read_model.is_lost()

    answer = manager.get("/admin/inventory", **query)

    assert (answer.status, answer.content["code"]) == (409, "READ_MODEL_MISSING")
    assert "is being built" in answer.content["detail"]


def test_a_list_goes_on_in_the_order_of_the_table_when_the_read_model_is_back(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    names = stock_of(shop, 9)
    read_model.is_lost()
    first = manager.get("/admin/inventory", limit="2")
    read_model.follows()

    second = manager.get("/admin/inventory", limit="50", cursor=first.content["cursor"])

    assert sorted(listed(first) + listed(second)) == names
    assert second.content["cursor"] is None


def test_a_list_of_the_read_model_does_not_go_on_without_it(
    manager: Caller, shop: Shop, read_model: FakeReadModel
) -> None:
    stock_of(shop, 3)
    read_model.follows()
    cursor = manager.get("/admin/inventory", limit="1").content["cursor"]
    read_model.is_lost()

    assert manager.get("/admin/inventory", cursor=cursor).content["code"] == "READ_MODEL_MISSING"


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize(
    "other",
    [{"category": "kitchen"}, {"status": "IN_STOCK"}, {"search": "P-"}, {"sort": "name"}, {"active": "true"}],
    ids=str,
)
def test_a_cursor_of_another_filter_is_refused(
    manager: Caller, shop: Shop, read_model: FakeReadModel, other: dict[str, str], is_lost: bool
) -> None:
    stock_of(shop, 3)
    read_model.is_lost() if is_lost else read_model.follows()
    cursor = manager.get("/admin/inventory", limit="1").content["cursor"]

    assert manager.get("/admin/inventory", cursor=cursor, **other).invalid_fields == ["cursor"]


def test_a_filter_that_finds_little_reads_a_bounded_number_of_rows(
    manager: Caller, shop: Shop, read_model: FakeReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(level_list, "ROWS_A_READ", 2)
    stock_of(shop, 12)
    read_model.is_lost()

    page = manager.get("/admin/inventory", status="OUT_OF_STOCK").content

    assert page["items"] == []
    assert page["cursor"] is not None
