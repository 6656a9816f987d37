"""A page that polls is answered by a tag alone while nothing that it shows has changed."""

from typing import Any

import pytest

import storefront_api
from tests.support.http.gateway import CONTEXT, Answer, ApiRequest, Caller
from tests.support.live.storefront import has_published, storefront_of
from tests.support.shop import Shop


def asks(storefront: Caller, if_none_match: str, path: str = "/inventory/P-1", **query: str) -> Answer:
    """Read stock, with the tags that a page has."""
    return storefront.calls("GET", path, headers={"If-None-Match": if_none_match}, query=query)


def tag_of(storefront: Caller, path: str = "/inventory/P-1", **query: str) -> str:
    """The tag of the stock as it is now."""
    return storefront.get(path, **query).headers["ETag"]


READS: list[tuple[str, dict[str, str]]] = [
    ("/inventory/P-1", {}),
    ("/inventory", {"product_id": "P-1"}),
    ("/inventory", {"product_ids": "P-1,P-9"}),
    ("/inventory/lookup", {}),
]
each_read = pytest.mark.parametrize(("path", "query"), READS)


@each_read
def test_a_known_stock_is_answered_without_a_body_and_with_the_headers_of_the_whole_answer(
    storefront: Caller, shop: Shop, path: str, query: dict[str, str]
) -> None:
    shop.stocks("P-1")
    shop.stocks("lookup")
    whole = storefront.get(path, **query)

    known = asks(storefront, whole.headers["ETag"], path, **query)

    assert (whole.status, known.status, known.content) == (200, 304, "")
    assert known.headers == {name: value for name, value in whole.headers.items() if name != "Content-Type"}
    assert known.headers["Cache-Control"] == "max-age=5"
    assert known.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "ETag" in known.headers["Access-Control-Expose-Headers"].split(", ")


@each_read
def test_a_stock_that_changed_is_answered_whole_with_another_tag(
    storefront: Caller, shop: Shop, path: str, query: dict[str, str]
) -> None:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("lookup", on_hand=5)
    before = tag_of(storefront, path, **query)
    shop.holds(("P-1", 1), ("lookup", 1))

    answer = asks(storefront, before, path, **query)

    assert answer.status == 200
    assert answer.headers["ETag"] != before


def test_a_higher_sequence_is_another_tag(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    before = tag_of(storefront)
    has_published(shop, "P-1", sequence=7)

    answer = asks(storefront, before)

    assert (answer.status, answer.content["sequence"]) == (200, 7)


def test_a_sale_beyond_the_cap_changes_no_tag(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    storefront = storefront_of(shop, monkeypatch, cap=10)
    shop.stocks("P-1", on_hand=100)
    before = storefront.get("/inventory/P-1")
    shop.holds(("P-1", 1))

    assert asks(storefront, before.headers["ETag"]).status == 304
    assert storefront.get("/inventory/P-1").content["updated_at"] >= before.content["updated_at"]


def test_a_product_that_appeared_is_another_tag_of_a_list(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    before = tag_of(storefront, "/inventory", product_ids="P-1,P-2")
    shop.stocks("P-2")

    assert asks(storefront, before, "/inventory", product_ids="P-1,P-2").status == 200


KNOWN = [
    "{tag}",
    "{strong}",
    "*",
    " * ",
    'W/"another", {tag}',
    '{tag},"another"',
    '"with,comma" , {tag}',
    ",, {tag} ,",
    '"",{strong}',
    "{tag}, malformed",
]
UNKNOWN = [
    'W/"another"',
    "",
    ",",
    '""',
    "malformed",
    "malformed, {tag}",
    '"a space", {tag}',
    "{bare}",
    "{tag}x",
    "w/{strong}",
    "W/ {strong}",
    'W/"{bare}',
    "'{bare}'",
    '"*"',
    "*, *",
    '"' * 3000,
    "," * 5000,
    "\x00\ud800é",
]


@pytest.mark.parametrize("sent", KNOWN)
def test_a_tag_is_known_alone_in_a_list_and_by_the_weak_comparison(storefront: Caller, shop: Shop, sent: str) -> None:
    shop.stocks("P-1")

    assert asks(storefront, filled(sent, tag_of(storefront))).status == 304


@pytest.mark.parametrize("sent", UNKNOWN, ids=range(len(UNKNOWN)))
def test_another_or_a_malformed_tag_is_answered_with_the_whole_stock(storefront: Caller, shop: Shop, sent: str) -> None:
    shop.stocks("P-1")

    answer = asks(storefront, filled(sent, tag_of(storefront)))

    assert (answer.status, answer.content["product_id"]) == (200, "P-1")


def filled(header: str, tag: str) -> str:
    """A header with the tag of the stock, whole or in part."""
    strong = tag.removeprefix("W/")
    return header.replace("{tag}", tag).replace("{strong}", strong).replace("{bare}", strong.strip('"'))


def test_tags_may_come_in_several_lines_and_the_headers_name_in_any_case(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")
    tag = tag_of(storefront)

    def status_of(*lines: str) -> Any:
        event = ApiRequest("GET", "/inventory/P-1", headers={"if-none-match": lines[-1]}).event()
        event["multiValueHeaders"] = {"if-none-match": list(lines)}
        return storefront_api.handler(event, CONTEXT)["statusCode"]

    assert status_of(tag, '"another"') == 304
    assert status_of('"another"', tag) == 304
    assert status_of('"another"', '"a third"') == 200


@pytest.mark.parametrize("sent", ["*", 'W/"another"'])
def test_a_product_that_does_not_exist_is_not_found_whatever_a_page_has(storefront: Caller, sent: str) -> None:
    assert asks(storefront, sent).code == "PRODUCT_NOT_FOUND"


def test_a_refused_query_is_refused_whatever_a_page_has(storefront: Caller) -> None:
    assert asks(storefront, "*", "/inventory").status == 400


def test_a_lookup_with_a_body_is_always_answered_whole(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")

    answer = storefront.calls("POST", "/inventory/lookup", {"product_ids": ["P-1"]}, headers={"If-None-Match": "*"})

    assert answer.status == 200
    assert "ETag" not in answer.headers
