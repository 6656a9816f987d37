"""Settings are read from the environment, and every missing or invalid one is named."""

import re
from dataclasses import fields
from typing import get_args

import pytest

from inventory.settings import (
    CustomerSettings,
    LiveStockSettings,
    MissingSetting,
    ReservationSettings,
    SaleSettings,
    Settings,
    SourcingSettings,
    StorefrontSettings,
)
from inventory.stock.sourcing import Sourcing
from tests.support.template.source import resource, template

COMPLETE = {
    "INVENTORY_TABLE_NAME": "inventory",
    "RESERVATIONS_TABLE_NAME": "reservations",
    "MOVEMENTS_TABLE_NAME": "movements",
    "CUSTOMERS_TABLE_NAME": "customers",
    "REFUNDS_TABLE_NAME": "refunds",
    "FAILED_EXECUTIONS_TABLE_NAME": "failed-executions",
    "IDEMPOTENCY_TABLE_NAME": "idempotency",
    "PUBLISHED_TABLE_NAME": "published",
    "READ_MODEL_TABLE_NAME": "read-model",
    "LEDGER_CHECKPOINTS_TABLE_NAME": "ledger-checkpoints",
    "LOW_STOCK_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:low-stock",
    "OPERATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:operations",
    "LONGEST_HOLD_SECONDS": "86400",
    "RESERVATION_RETENTION_DAYS": "365",
}

PRIORITY = template()["Parameters"]["WarehousePriority"]
CUSTOMERS = {"CUSTOMER_HOLDS_MAX": "10", "CUSTOMER_UNITS_MAX": "1000", "CUSTOMER_ID_REQUIRED": "false"}


def test_every_setting_is_read() -> None:
    settings = Settings.from_env(COMPLETE | {"PATH": "/bin"})

    assert settings.inventory_table_name == "inventory"
    assert (settings.longest_hold_seconds, settings.reservation_retention_days) == (86_400, 365)


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("missing", [True, False], ids=["missing", "empty"])
def test_a_missing_setting_is_named(name: str, missing: bool) -> None:
    environment = {key: value for key, value in COMPLETE.items() if key != name} | ({} if missing else {name: ""})

    with pytest.raises(MissingSetting, match=f": {name}$"):
        Settings.from_env(environment)


def test_all_missing_settings_are_named_together() -> None:
    with pytest.raises(MissingSetting) as error:
        Settings.from_env({})

    assert all(name in str(error.value) for name in COMPLETE)


@pytest.mark.parametrize("text", ["a day", "1.5", "-1", "1e3", " "])
def test_an_invalid_number_is_named_with_its_text(text: str) -> None:
    with pytest.raises(MissingSetting, match=f"LONGEST_HOLD_SECONDS='{text}'"):
        Settings.from_env(COMPLETE | {"LONGEST_HOLD_SECONDS": text})


@pytest.mark.parametrize(("text", "required"), [("true", True), ("false", False)])
def test_the_limits_of_a_customer_are_read(text: str, required: bool) -> None:
    settings = CustomerSettings.from_env(CUSTOMERS | {"CUSTOMER_ID_REQUIRED": text})

    assert settings == CustomerSettings(10, 1_000, required)


@pytest.mark.parametrize("text", ["yes", "True", "1", " "])
def test_an_invalid_choice_is_named_with_its_text(text: str) -> None:
    with pytest.raises(MissingSetting, match=f": CUSTOMER_ID_REQUIRED='{text}'$"):
        CustomerSettings.from_env(CUSTOMERS | {"CUSTOMER_ID_REQUIRED": text})


@pytest.mark.parametrize("name", CUSTOMERS)
def test_a_missing_limit_of_customers_is_named(name: str) -> None:
    with pytest.raises(MissingSetting, match=f": {name}$"):
        CustomerSettings.from_env({key: value for key, value in CUSTOMERS.items() if key != name})


@pytest.mark.parametrize(("text", "cap"), [("0", 0), ("1", 1), ("1000000000", 1_000_000_000)])
def test_the_cap_of_the_storefront_is_read(text: str, cap: int) -> None:
    settings = StorefrontSettings.from_env({"STOREFRONT_CACHE_CONTROL": "no-store", "STOREFRONT_QUANTITY_CAP": text})

    assert settings == StorefrontSettings("no-store", cap)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "none"])
def test_a_cap_that_is_no_number_is_named(text: str) -> None:
    with pytest.raises(MissingSetting, match="STOREFRONT_QUANTITY_CAP"):
        StorefrontSettings.from_env({"STOREFRONT_CACHE_CONTROL": "no-store", "STOREFRONT_QUANTITY_CAP": text})


def test_the_template_gives_the_storefront_what_it_answers_about_live_stock_and_caps_nothing_by_default() -> None:
    given = resource("StorefrontApiFunction")["Environment"]["Variables"]

    assert {field.name.upper() for field in (*fields(StorefrontSettings), *fields(LiveStockSettings))} <= set(given)
    assert template()["Parameters"][given["STOREFRONT_QUANTITY_CAP"]["Ref"]]["Default"] == 0


@pytest.mark.parametrize("function", ["ReserveStockFunction", "CheckoutApiFunction"])
def test_the_template_gives_the_limits_of_customers_to_functions_that_create_reservations(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]
    defaults = {name: template()["Parameters"][given[name]["Ref"]]["Default"] for name in CUSTOMERS}

    assert CustomerSettings.from_env({name: str(value) for name, value in defaults.items()}) == CustomerSettings(
        10, 1_000, False
    )


@pytest.mark.parametrize(
    ("text", "warehouses"),
    [
        ("main", ("main",)),
        ("main,outlet", ("main", "outlet")),
        (" north , main,north", ("north", "main")),
        ('["main", "Berlin, Mitte"]', ("main", "Berlin, Mitte")),
        ('["main"]', ("main",)),
        ("Mu\u0308nchen", ("M\u00fcnchen",)),
    ],
)
def test_warehouses_are_read_from_a_list_with_commas_or_in_json(text: str, warehouses: tuple[str, ...]) -> None:
    settings = SourcingSettings.from_env({"WAREHOUSE_PRIORITY": text, "SOURCING": "SPLIT"})

    assert settings == SourcingSettings(warehouses, "SPLIT")
    assert re.search(PRIORITY["AllowedPattern"], text)


@pytest.mark.parametrize(
    "text", [" ", ",", "main,", ",main", "main,,outlet", "[]", '["main",]', "[main]", '["main" "b"]']
)
def test_a_list_of_warehouses_with_an_error_is_refused_by_the_template_and_by_the_functions(text: str) -> None:
    with pytest.raises(MissingSetting, match="WAREHOUSE_PRIORITY"):
        SourcingSettings.from_env({"WAREHOUSE_PRIORITY": text, "SOURCING": "SPLIT"})
    assert not re.search(PRIORITY["AllowedPattern"], text)


@pytest.mark.parametrize(
    "text", ["a\u200bb", "w" * 129, "[1]", '["main", null]', '["main", ["b"]]', '{"main": 1}, \x7f']
)
def test_a_warehouse_that_cannot_exist_is_refused(text: str) -> None:
    with pytest.raises(MissingSetting, match="WAREHOUSE_PRIORITY"):
        SourcingSettings.from_env({"WAREHOUSE_PRIORITY": text, "SOURCING": "SPLIT"})


@pytest.mark.parametrize("text", ["split", "ANY", " "])
def test_an_unknown_sourcing_is_named_with_its_text(text: str) -> None:
    with pytest.raises(MissingSetting, match=f": SOURCING='{text}'$"):
        SourcingSettings.from_env({"WAREHOUSE_PRIORITY": "main", "SOURCING": text})


def test_the_template_offers_every_sourcing_that_the_functions_know() -> None:
    offered = template()["Parameters"]["Sourcing"]["AllowedValues"]

    assert set(offered) == set(Sourcing) == set(get_args(SourcingSettings.__annotations__["sourcing"]))


@pytest.mark.parametrize("function", ["ReserveStockFunction", "CheckoutApiFunction", "StorefrontApiFunction"])
def test_by_default_a_line_is_taken_from_main(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]
    defaults = {
        name: template()["Parameters"][given[name]["Ref"]]["Default"] for name in ("WAREHOUSE_PRIORITY", "SOURCING")
    }

    assert SourcingSettings.from_env(defaults) == SourcingSettings(("main",), "ONE_WAREHOUSE")


def test_the_template_gives_every_function_its_settings() -> None:
    given = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert set(COMPLETE) <= set(given)


SELLING = ["CommitStockFunction", "RecordPaymentFunction", "CheckoutApiFunction", "ReconcileHoldsFunction"]


@pytest.mark.parametrize("function", SELLING)
def test_by_default_no_sale_is_tracked(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]["DISPATCH_TRACKING"]
    default = template()["Parameters"][given["Ref"]]["Default"]

    assert SaleSettings.from_env({"DISPATCH_TRACKING": default}) == SaleSettings(dispatch_tracking=False)
    assert SaleSettings.from_env({"DISPATCH_TRACKING": "true"}).dispatch_tracking


def test_a_function_that_sells_needs_to_know_whether_sales_are_tracked() -> None:
    with pytest.raises(MissingSetting, match="DISPATCH_TRACKING"):
        SaleSettings.from_env({})


WRITING_RESERVATIONS = [
    "ReserveStockFunction",
    "CommitStockFunction",
    "ReleaseStockFunction",
    "RecordPaymentFunction",
    "CancelReservationFunction",
    "CheckoutApiFunction",
    "AdminApiFunction",
    "ReconcileHoldsFunction",
]


@pytest.mark.parametrize("function", WRITING_RESERVATIONS)
def test_by_default_reservations_are_spread(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]["SPREAD_RESERVATIONS"]
    default = template()["Parameters"][given["Ref"]]["Default"]

    assert ReservationSettings.from_env({"SPREAD_RESERVATIONS": default}) == ReservationSettings(True)
    assert not ReservationSettings.from_env({"SPREAD_RESERVATIONS": "false"}).spread_reservations
