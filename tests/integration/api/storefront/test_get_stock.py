"""The storefront reads the stock of one or many products."""

from unicodedata import normalize

import pytest

from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.http.gateway import Caller
from tests.support.shop import Shop


def test_a_product_shows_its_available_units_in_the_warehouses_of_the_shop(storefront: Caller, shop: Shop) -> None:
    shop.sourcing = SourcingPolicy(("main", "north"), Sourcing.SPLIT)
    shop.stocks("P-1", on_hand=10, name="Mug")
    shop.stocks("P-1", on_hand=3, warehouse_id="north", low_stock_threshold=5)
    shop.stocks("P-1", on_hand=7, warehouse_id="elsewhere")
    shop.holds(("P-1", 4))

    answer = storefront.get("/inventory/P-1")

    assert answer.status == 200
    assert {name: answer.content[name] for name in ("product_id", "name", "available", "status", "warehouses")} == {
        "product_id": "P-1",
        "name": "Mug",
        "available": 9,
        "status": "IN_STOCK",
        "warehouses": [
            {"warehouse_id": "main", "available": 6, "status": "IN_STOCK"},
            {"warehouse_id": "north", "available": 3, "status": "LOW_STOCK"},
        ],
    }


WAREHOUSES = {"cellar": 4, "main": 2, "outlet": 3}


@pytest.mark.parametrize(
    ("policy", "available", "shown"),
    [
        (SourcingPolicy(("outlet", "main"), Sourcing.ONE_WAREHOUSE), 3, ["outlet", "main"]),
        (SourcingPolicy(("outlet", "main"), Sourcing.SPLIT), 5, ["outlet", "main"]),
        (SourcingPolicy(("outlet", "main"), Sourcing.NAMED), 4, ["cellar", "main", "outlet"]),
        (SourcingPolicy(("nowhere",), Sourcing.SPLIT), 0, []),
    ],
    ids=["one warehouse", "split", "named", "only elsewhere"],
)
def test_what_is_shown_as_available_can_be_held_by_one_call_and_one_more_unit_can_not(
    storefront: Caller, shop: Shop, policy: SourcingPolicy, available: int, shown: list[str]
) -> None:
    shop.sourcing = policy
    for warehouse_id, on_hand in WAREHOUSES.items():
        shop.stocks("P-1", on_hand=on_hand, warehouse_id=warehouse_id)
    named = {"warehouse_id": "cellar"} if policy.sourcing is Sourcing.NAMED else {}

    stock = storefront.get("/inventory/P-1").content

    assert (stock["available"], [level["warehouse_id"] for level in stock["warehouses"]]) == (available, shown)
    assert stock["status"] == ("IN_STOCK" if available else "OUT_OF_STOCK")
    line = {"product_id": "P-1", **named}
    refused = shop.reserves(line | {"quantity": available + 1})
    assert (refused.status, [short.available for short in refused.shortages]) == ("REJECTED", [available])
    if available:
        assert shop.reserves(line | {"quantity": available}).status == "HELD"
    shop.adds_up()


@pytest.mark.parametrize(
    ("level", "held", "status"),
    [
        ((10, 5), 4, "IN_STOCK"),
        ((10, 5), 5, "LOW_STOCK"),
        ((5, 5), 0, "LOW_STOCK"),
        ((10, 5), 10, "OUT_OF_STOCK"),
        ((0, 0), 0, "OUT_OF_STOCK"),
    ],
)
def test_the_status_follows_from_available_units_and_threshold(
    storefront: Caller, shop: Shop, level: tuple[int, int], held: int, status: str
) -> None:
    on_hand, threshold = level
    shop.stocks("P-1", on_hand=on_hand, low_stock_threshold=threshold)
    if held:
        shop.holds(("P-1", held))

    assert storefront.get("/inventory/P-1").content["status"] == status


def test_an_unknown_product_is_not_found(storefront: Caller) -> None:
    answer = storefront.get("/inventory/P-1")

    assert (answer.status, answer.code) == (404, "PRODUCT_NOT_FOUND")


def test_a_hundred_products_are_returned_in_the_requested_order(storefront: Caller, shop: Shop) -> None:
    for number in range(0, 100, 2):
        shop.stocks(f"P-{number}", on_hand=number)
    requested = [f"P-{number}" for number in reversed(range(100))]

    answer = storefront.get("/inventory", product_ids=",".join(requested))

    assert [item["product_id"] for item in answer.content["items"]] == requested[1::2]
    assert answer.content["not_found"] == requested[0::2]


@pytest.mark.parametrize("odd", ["P 1", "A/B", "../P-1", "Müller", "P" * 500, "-", "P-9"])
def test_an_id_that_does_not_or_cannot_exist_does_not_hide_the_others(storefront: Caller, shop: Shop, odd: str) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-2", on_hand=5)

    answer = storefront.get("/inventory", product_ids=f"P-1,{odd},P-2")

    assert [item["product_id"] for item in answer.content["items"]] == ["P-1", "P-2"]
    assert answer.content["not_found"] == [odd]


@pytest.mark.parametrize("product_ids", ["P-1,", ",P-1", "P-1,,P-1"])
def test_empty_and_repeated_ids_are_ignored(storefront: Caller, shop: Shop, product_ids: str) -> None:
    shop.stocks("P-1", on_hand=10)

    answer = storefront.get("/inventory", product_ids=product_ids)

    assert [item["product_id"] for item in answer.content["items"]] == ["P-1"]
    assert answer.content["not_found"] == []


@pytest.mark.parametrize("product_ids", ["", ",", ",,"])
def test_no_product_ids_are_refused(storefront: Caller, product_ids: str) -> None:
    assert storefront.get("/inventory", product_ids=product_ids).invalid_fields == ["product_ids"]
    assert storefront.get("/inventory").invalid_fields == ["product_id"]
    assert storefront.post("/inventory/lookup", {"product_ids": []}).invalid_fields == ["product_ids"]


MANY = [f"P-{number}" for number in range(101)]
LONG = ["P" * 78 + f"{number:02}" for number in range(100)]


@pytest.mark.parametrize(
    "query",
    [
        {"product_id": MANY},
        {"product_ids": [",".join(MANY)]},
        {"product_id": MANY[:60], "product_ids": [",".join(MANY[60:])]},
    ]
    + [{"product_id": LONG}, {"product_id": ["\U0001f6d2" * 128 + str(number) for number in range(6)]}],
)
def test_too_many_product_ids_are_refused(storefront: Caller, query: dict[str, list[str]]) -> None:
    answer = storefront.get("/inventory", **query)

    assert (answer.status, answer.code) == (400, "TOO_MANY_IDS")


def test_a_lookup_takes_a_hundred_long_ids_in_its_body(storefront: Caller, shop: Shop) -> None:
    product_ids = [f"{number:03}" + "\U0001f6d2" * 125 for number in range(100)]
    shop.stocks(product_ids[7])

    answer = storefront.post("/inventory/lookup", {"product_ids": product_ids})
    more = storefront.post("/inventory/lookup", {"product_ids": [*product_ids, "P-1"]})

    assert [item["product_id"] for item in answer.content["items"]] == [product_ids[7]]
    assert answer.content["not_found"] == product_ids[:7] + product_ids[8:]
    assert (more.status, more.code) == (400, "TOO_MANY_IDS")


@pytest.mark.parametrize("odd", ["", "A\u200bB", "P" * 129, " P-1", "P-9"])
def test_an_id_in_a_repeated_parameter_that_cannot_exist_is_not_found(storefront: Caller, shop: Shop, odd: str) -> None:
    shop.stocks("P-1", on_hand=10)

    answer = storefront.get("/inventory", product_id=["P-1", odd, "P-1"])

    assert [item["product_id"] for item in answer.content["items"]] == ["P-1"]
    assert answer.content["not_found"] == [odd]


def test_both_forms_of_an_id_are_one_product_and_what_is_not_found_is_repeated_as_it_was_sent(
    storefront: Caller, shop: Shop
) -> None:
    composed, decomposed = (normalize(form, "M\u00fcller") for form in ("NFC", "NFD"))
    unknown = normalize("NFD", "\u00c4")
    shop.stocks(composed)

    answer = storefront.get("/inventory", product_id=[decomposed, composed, unknown])

    assert [item["product_id"] for item in answer.content["items"]] == [composed]
    assert answer.content["not_found"] == [unknown]


def test_half_a_character_is_not_found_and_can_be_answered(storefront: Caller) -> None:
    answer = storefront.post("/inventory/lookup", {"product_ids": ["\ud800"]})
    refused = storefront.post("/inventory/lookup", {"product_ids": ["P-1"], "\ud800": 1})

    assert answer.content["not_found"] == ["\ud800"]
    assert refused.status == 400


def test_a_product_may_be_called_like_the_lookup(storefront: Caller, shop: Shop) -> None:
    shop.stocks("lookup")

    assert storefront.get("/inventory/lookup").content["product_id"] == "lookup"


def test_every_response_has_cache_cors_and_security_headers(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1")

    found, missing = storefront.get("/inventory/P-1"), storefront.get("/inventory/P-2")

    assert found.headers["Cache-Control"] == "max-age=5"
    assert missing.headers["Cache-Control"] == "no-store"
    for answer in (found, missing):
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_retired_level_is_hidden_and_a_product_without_another_is_not_found(storefront: Caller, shop: Shop) -> None:
    shop.stocks("P-1", on_hand=10)
    shop.stocks("P-1", on_hand=3, warehouse_id="north")
    shop.stocks("P-2", on_hand=5)
    shop.retires("P-1", "north")
    shop.retires("P-2")

    listed = storefront.get("/inventory", product_ids="P-1,P-2").content

    assert [warehouse["warehouse_id"] for warehouse in listed["items"][0]["warehouses"]] == ["main"]
    assert (listed["items"][0]["available"], listed["not_found"]) == (10, ["P-2"])
    assert storefront.get("/inventory/P-2").code == "PRODUCT_NOT_FOUND"
