"""Cold start: the workflow's functions load only what they need."""

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


@pytest.mark.parametrize("function", ["reserve_stock", "commit_stock", "release_stock"])
def test_a_step_of_the_workflow_loads_neither_pydantic_nor_code_of_other_functions(function: str) -> None:
    tables = names_of(
        Tables("inventory", "reservations", "movements", "customers", "refunds", "failed-executions", "idempotency")
    )
    settings = environment(NAMES | tables) | {"PYTHONPATH": str(ROOT / "functions"), "AWS_DEFAULT_REGION": "us-east-1"}

    loaded = subprocess.run(
        [sys.executable, "-c", LOAD.format(function=function)],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.strip() == "[]"
