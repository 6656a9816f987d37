"""Cold start: the workflow's functions, the admin API and the storefront load only what they need."""

import os
import subprocess
import sys

import pytest

from inventory.aws.dynamodb import Tables
from tests.support.handlers import NAMES
from tests.support.shop import names_of
from tests.support.template.source import ROOT, environment

# Loads a function with everything that its handler uses, and prints the modules that it must not load.
LOAD = """
import sys
import {function}
from inventory import dependencies
dependencies.reservations()
print([name for name in ("pydantic", "inventory.admin", "inventory.imports") if name in sys.modules])
"""

# Loads a function that publishes with what its handler always uses, and prints the modules that it must not load.
PUBLISH = """
import sys
import {function}
from inventory import dependencies
from inventory.model import utc_now
dependencies.{batch}(utc_now, bool)
others = ("pydantic", "boto3", "inventory.admin", "inventory.imports", "inventory.reservations", "inventory.stock.changes")
print([name for name in others if name in sys.modules])
"""

# Loads what answers a list of levels, and prints the modules of other parts.
LIST_LEVELS = """
import sys
import admin_api
from inventory import dependencies
admin_api.load_routes_of("GET", "/admin/inventory")
dependencies.list_store()
others = ("inventory.imports", "inventory.reconciliation", "inventory.reservations", "inventory.stock.changes")
print([name for name in others if name in sys.modules])
"""

# Loads what answers a lookup, and prints what only GET /live-stock needs.
LOOK_UP = """
import sys
import storefront_api
from inventory import dependencies
made = []
dependencies.new_client = lambda service, config: made.append(service)
for getter in ("published_store", "stock_store", "sourcing_policy", "storefront_settings", "browser_settings"):
    getattr(dependencies, getter)()
others = ("inventory.live.api_keys", "inventory.live.current_key", "boto3")
print([name for name in others if name in sys.modules], made)
"""


@pytest.mark.parametrize("function", ["reserve_stock", "commit_stock", "release_stock"])
def test_a_step_of_the_workflow_loads_neither_pydantic_nor_code_of_other_functions(function: str) -> None:
    assert printed_by(LOAD.format(function=function)) == "[]"


@pytest.mark.parametrize(
    ("function", "batch"), [("publish_changes", "change_batch"), ("republish_changes", "republish_batch")]
)
def test_a_function_that_publishes_loads_no_code_of_other_functions(function: str, batch: str) -> None:
    assert printed_by(PUBLISH.format(function=function, batch=batch)) == "[]"


def test_a_list_of_levels_loads_no_other_part_of_the_admin_api() -> None:
    assert printed_by(LIST_LEVELS) == "[]"


def test_a_lookup_loads_nothing_of_live_stock_and_makes_no_client_of_appsync() -> None:
    assert printed_by(LOOK_UP) == "[] ['dynamodb']"


def printed_by(program: str) -> str:
    """What a program prints that runs in a process of its own, with a function's environment."""
    tables = names_of(
        Tables(
            "inventory",
            "reservations",
            "movements",
            "customers",
            "refunds",
            "failed-executions",
            "idempotency",
            "published",
            "read-model",
            "ledger-checkpoints",
        )
    )
    settings = environment(NAMES | tables) | {"PYTHONPATH": str(ROOT / "functions"), "AWS_DEFAULT_REGION": "us-east-1"}

    loaded = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )

    return loaded.stdout.strip()
