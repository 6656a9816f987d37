"""Settings: read once, all of them, and what is missing is named."""

import pytest

from inventory.settings import CustomerSettings, MissingSetting, Settings
from tests.support.template.source import resource, template

COMPLETE = {
    "INVENTORY_TABLE_NAME": "inventory",
    "RESERVATIONS_TABLE_NAME": "reservations",
    "MOVEMENTS_TABLE_NAME": "movements",
    "CUSTOMERS_TABLE_NAME": "customers",
    "LOW_STOCK_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:low-stock",
    "OPERATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:operations",
    "LONGEST_HOLD_SECONDS": "86400",
    "RESERVATION_RETENTION_DAYS": "365",
}

CUSTOMERS = {"CUSTOMER_HOLDS_MAX": "10", "CUSTOMER_UNITS_MAX": "1000", "CUSTOMER_ID_REQUIRED": "false"}


def test_every_setting_is_read() -> None:
    settings = Settings.from_env(COMPLETE | {"PATH": "/bin"})

    assert settings.inventory_table_name == "inventory"
    assert (settings.longest_hold_seconds, settings.reservation_retention_days) == (86_400, 365)


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("missing", [True, False], ids=["missing", "empty"])
def test_a_setting_that_is_missing_is_named(name: str, missing: bool) -> None:
    environment = {key: value for key, value in COMPLETE.items() if key != name} | ({} if missing else {name: ""})

    with pytest.raises(MissingSetting, match=f": {name}$"):
        Settings.from_env(environment)


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(MissingSetting) as error:
        Settings.from_env({})

    assert all(name in str(error.value) for name in COMPLETE)


@pytest.mark.parametrize("text", ["a day", "1.5", "-1", "1e3", " "])
def test_a_number_that_is_none_is_named_with_its_text(text: str) -> None:
    with pytest.raises(MissingSetting, match=f"LONGEST_HOLD_SECONDS='{text}'"):
        Settings.from_env(COMPLETE | {"LONGEST_HOLD_SECONDS": text})


@pytest.mark.parametrize(("text", "required"), [("true", True), ("false", False)])
def test_what_a_customer_may_hold_is_read(text: str, required: bool) -> None:
    settings = CustomerSettings.from_env(CUSTOMERS | {"CUSTOMER_ID_REQUIRED": text})

    assert settings == CustomerSettings(10, 1_000, required)


@pytest.mark.parametrize("text", ["yes", "True", "1", " "])
def test_a_choice_that_is_none_is_named_with_its_text(text: str) -> None:
    with pytest.raises(MissingSetting, match=f": CUSTOMER_ID_REQUIRED='{text}'$"):
        CustomerSettings.from_env(CUSTOMERS | {"CUSTOMER_ID_REQUIRED": text})


@pytest.mark.parametrize("name", CUSTOMERS)
def test_what_is_missing_of_a_customers_limits_is_named(name: str) -> None:
    with pytest.raises(MissingSetting, match=f": {name}$"):
        CustomerSettings.from_env({key: value for key, value in CUSTOMERS.items() if key != name})


@pytest.mark.parametrize("function", ["ReserveStockFunction", "CheckoutApiFunction"])
def test_the_template_gives_customers_limits_to_those_who_take_in_checkouts(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]
    defaults = {name: template()["Parameters"][given[name]["Ref"]]["Default"] for name in CUSTOMERS}

    assert CustomerSettings.from_env({name: str(value) for name, value in defaults.items()}) == CustomerSettings(
        10, 1_000, False
    )


def test_the_template_gives_every_function_what_it_needs() -> None:
    given = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert set(COMPLETE) <= set(given)
