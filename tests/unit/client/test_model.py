"""The client's data: it matches the API's reference, and accepts what a later version of the API adds."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from inventory_client import (
    ChangeStatus,
    CheckoutClient,
    Line,
    LiveStock,
    PaymentOutcome,
    Reservation,
    ReservationStatus,
    Shortage,
    Source,
    Stock,
    StockStatus,
    StorefrontClient,
)

REFERENCE: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "api" / "openapi.yaml").read_text())
SCHEMAS = REFERENCE["components"]["schemas"]
STOCK = {
    "product_id": "P-1",
    "name": "Mug",
    "available": 3,
    "status": "LOW_STOCK",
    "warehouses": [{"warehouse_id": "main", "available": 3, "status": "LOW_STOCK"}],
    "updated_at": "2026-03-01T12:00:00.000Z",
}


def operations(tag: str) -> set[str]:
    """The operations of one kind of caller in the API's reference, as names of methods."""
    ids = [
        operation["operationId"]
        for path in REFERENCE["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and tag in operation.get("tags", ()) and "operationId" in operation
    ]
    return {"".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name) for name in ids}


def methods(client: type) -> set[str]:
    return {name for name in vars(client) if not name.startswith("_")}


def test_each_operation_of_the_api_has_a_method_of_the_same_name() -> None:
    assert methods(StorefrontClient) == operations("storefront") - {"get_stock_of_lookup"}  # a path of one product's
    assert methods(CheckoutClient) == operations("checkout")


def test_the_enums_have_the_values_of_the_reference() -> None:
    assert [*StockStatus] == SCHEMAS["StockStatus"]["enum"]
    assert [*ReservationStatus] == ["PENDING", *SCHEMAS["ReservationStatus"]["enum"]]
    assert [*PaymentOutcome] == SCHEMAS["PaymentResult"]["properties"]["outcome"]["enum"]


def test_a_reservation_and_a_stock_have_the_fields_of_the_reference() -> None:
    assert set(Reservation.__dataclass_fields__) == set(SCHEMAS["Reservation"]["properties"])
    assert set(Stock.__dataclass_fields__) == set(SCHEMAS["Stock"]["properties"])
    assert set(LiveStock.__dataclass_fields__) == set(SCHEMAS["LiveStock"]["properties"])
    assert set(Line.__dataclass_fields__) == set(SCHEMAS["Line"]["properties"])
    assert set(Source.__dataclass_fields__) == set(SCHEMAS["Source"]["properties"])
    assert set(Shortage.__dataclass_fields__) == set(SCHEMAS["Shortage"]["properties"])


def test_a_line_knows_what_it_asks_for_and_where_its_units_are_taken_from() -> None:
    sources = [{"warehouse_id": "main", "quantity": 2}, {"warehouse_id": "outlet", "quantity": 1, "new": 1}]

    line = Line.from_json({"product_id": "P-1", "warehouse_id": None, "quantity": 3, "sources": sources})

    assert line == Line("P-1", 3)  # whatever it was taken from
    assert line.sources == (Source("main", 2), Source("outlet", 1))
    assert line.to_json() == {"product_id": "P-1", "quantity": 3}


def test_a_known_status_is_a_member_of_its_enum() -> None:
    assert Reservation.from_json({"reservation_id": "R-1", "status": "HELD"}).status is ReservationStatus.HELD
    stock = Stock.from_json(STOCK)
    assert (stock.status, stock.warehouses[0].status) == (StockStatus.LOW_STOCK, StockStatus.LOW_STOCK)


@pytest.mark.parametrize("enum", [ReservationStatus, StockStatus, ChangeStatus])
def test_an_unknown_status_keeps_its_value(enum: type[ReservationStatus | StockStatus | ChangeStatus]) -> None:
    status = enum("DISPATCHED")

    assert isinstance(status, enum)
    assert status == status.value == "DISPATCHED"
    assert status not in list(enum)
    assert pickle.loads(pickle.dumps(status)) == status
    assert hash(status) == hash("DISPATCHED")


def test_a_stock_of_an_older_api_has_no_sequence_and_is_not_capped() -> None:
    stock = Stock.from_json(STOCK)
    pushed = Stock.from_json(STOCK | {"sequence": 7, "channel": "/stock/p-1", "capped": True})

    assert (stock.sequence, stock.channel, stock.capped) == (0, None, False)
    assert (pushed.sequence, pushed.channel, pushed.capped) == (7, "/stock/p-1", True)


def test_a_status_that_is_not_a_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="None is not a valid ReservationStatus"):
        ReservationStatus(None)  # type: ignore[arg-type]


def test_unknown_fields_are_ignored_at_every_depth() -> None:
    line = {"product_id": "P-1", "warehouse_id": "main", "quantity": 2, "sources": [], "new": 1}
    shortage = {"product_id": "P-1", "warehouse_id": "main", "requested": 2, "available": 1, "expected_at": None}

    reservation = Reservation.from_json(
        {"reservation_id": "R-1", "status": "REJECTED", "lines": [line], "shortages": [shortage], "new": 1}
    )
    stock = Stock.from_json(STOCK | {"warehouses": [STOCK["warehouses"][0] | {"new": 1}], "new": 1})  # type: ignore[index]

    assert reservation.lines == (Line("P-1", 2, "main"),)
    assert reservation.shortages == (Shortage("P-1", "main", 2, 1),)
    assert stock == Stock.from_json(STOCK)


def test_a_pending_reservation_has_only_an_id_and_a_status() -> None:
    pending = Reservation.from_json({"reservation_id": "R-1", "status": "PENDING"})

    assert pending == Reservation("R-1", ReservationStatus.PENDING)
