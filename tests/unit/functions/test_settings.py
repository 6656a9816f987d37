"""Settings are read from the environment, and every missing or invalid one is named."""

import pytest

from inventory.settings import CustomerSettings, MissingSetting, Settings
from tests.support.template.source import resource, template

COMPLETE = {
    "INVENTORY_TABLE_NAME": "inventory",
    "RESERVATIONS_TABLE_NAME": "reservations",
    "MOVEMENTS_TABLE_NAME": "movements",
    "CUSTOMERS_TABLE_NAME": "customers",
    "REFUNDS_TABLE_NAME": "refunds",
    "FAILED_EXECUTIONS_TABLE_NAME": "failed-executions",
    "IDEMPOTENCY_TABLE_NAME": "idempotency",
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


@pytest.mark.parametrize("function", ["ReserveStockFunction", "CheckoutApiFunction"])
def test_the_template_gives_the_limits_of_customers_to_functions_that_create_reservations(function: str) -> None:
    given = resource(function)["Environment"]["Variables"]
    defaults = {name: template()["Parameters"][given[name]["Ref"]]["Default"] for name in CUSTOMERS}

    assert CustomerSettings.from_env({name: str(value) for name, value in defaults.items()}) == CustomerSettings(
        10, 1_000, False
    )


def test_the_template_gives_every_function_its_settings() -> None:
    given = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert set(COMPLETE) <= set(given)
