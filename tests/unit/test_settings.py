"""Settings: read once, all of them, and what is missing is named."""

import pytest

from inventory.settings import MissingSetting, Settings
from tests.template import template

COMPLETE = {
    "INVENTORY_TABLE_NAME": "inventory",
    "RESERVATIONS_TABLE_NAME": "reservations",
    "MOVEMENTS_TABLE_NAME": "movements",
    "LOW_STOCK_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:low-stock",
    "OPERATIONS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:operations",
    "LONGEST_HOLD_SECONDS": "86400",
    "RESERVATION_RETENTION_DAYS": "365",
}


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


def test_the_template_gives_every_function_what_it_needs() -> None:
    given = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert set(COMPLETE) <= set(given)
