"""Every write path of the component: the cases of its functions, and calls over HTTP that have none there."""

from collections.abc import Iterator

from inventory.stock.sourcing import Sourcing, SourcingPolicy
from tests.support.shop import BY_HAND, Shop
from tests.support.shop.cases import CASES, LEVEL, Case, Event, over_http
from tests.support.shop.catalogue import HEADER
from tests.support.template.openapi import Operation, operations

# They publish what the others write, or keep a read model of it.
PUBLISHING = {"publish_changes", "republish_changes", "follow_changes", "merge_read_model"}
# Operations that read, although they are no GET.
READS = {"lookupStock"}
# Operations whose writes another function makes.
MADE_BY = {"createReservation": "reserve_stock"}

A_LEVEL = {"on_hand": 9, "name": "Cup", "category": "kitchen", "low_stock_threshold": 5, "reason": BY_HAND.reason}
A_DELIVERY = {"delta": 7, "reason": BY_HAND.reason}


def a_hold_is_extended_over_http(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), reservation_id="R-1")
    return over_http("POST", "/reservations/R-1/extension")


def a_level_is_new(shop: Shop) -> Event:
    return over_http("PUT", "/admin/inventory/P-1/main", A_LEVEL)


def a_level_is_new_in_a_warehouse_that_is_called_movements(shop: Shop) -> Event:
    shop.sourcing = SourcingPolicy(("movements",), Sourcing.ONE_WAREHOUSE)
    return over_http("PUT", "/admin/inventory/P-1/movements", A_LEVEL)


def a_delivery_comes_to_a_warehouse_that_is_called_movements(shop: Shop) -> Event:
    shop.sourcing = SourcingPolicy(("movements",), Sourcing.ONE_WAREHOUSE)
    shop.stocks("P-1", on_hand=5, warehouse_id="movements")
    return over_http("POST", "/admin/inventory/P-1/movements/adjustments", A_DELIVERY, key="delivery-1")


def a_product_is_back(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=2)
    shop.sells(("P-1", 2))
    return over_http("POST", "/admin/level/adjustments", A_DELIVERY, key="delivery-1", **LEVEL)


def a_level_is_spread(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return over_http("PUT", "/admin/level/shards", {"shards": 4}, version="*", **LEVEL)


def the_shards_of_a_level_are_joined(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return over_http("PUT", "/admin/level/shards", {"shards": 1}, version="*", **LEVEL)


def a_catalogue_is_uploaded(shop: Shop) -> Event:
    return over_http("POST", "/admin/imports") | {"body": f"{HEADER}P-1,main,Mug,kitchen,9,5\n"}


def an_export_is_begun(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return over_http("POST", "/admin/exports")


MORE = {
    "checkout_api": [a_hold_is_extended_over_http],
    "admin_api": [
        a_level_is_new,
        a_level_is_new_in_a_warehouse_that_is_called_movements,
        a_delivery_comes_to_a_warehouse_that_is_called_movements,
        a_product_is_back,
        a_level_is_spread,
        the_shards_of_a_level_are_joined,
        a_catalogue_is_uploaded,
        an_export_is_begun,
    ],
}

WRITE_PATHS = [
    *(case for case in CASES if case.function not in PUBLISHING),
    *(Case(function, setup) for function, setups in MORE.items() for setup in setups),
]


def writing_operations() -> Iterator[Operation]:
    """The operations of the API that may write."""
    for operation in operations():
        if operation.method != "get" and operation.content["operationId"] not in READS:
            yield operation


def operation_of(event: Event) -> str | None:
    """The operation that a call over HTTP is of; None if a function is invoked in another way."""
    called = (event.get("httpMethod", "").lower(), event.get("resource"))
    return next(
        (
            str(operation.content["operationId"])
            for operation in operations()
            if (operation.method, operation.path) == called
        ),
        None,
    )
