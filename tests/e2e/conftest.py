"""The deployed component: the unchanged template on a local AWS of the tests' own."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.support.deployed.manager import Manager
from tests.support.processes.hostile_environment import HOSTILE
from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import EVENTS
from tools.demo.stock_loader import StockLoader
from tools.local import LocalSettings, Stack, local_aws
from tools.local.deployment.sam import build
from tools.local.ports import free_port
from tools.local.processes.environment import forget_account_of_caller


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of this folder, on one local AWS, and looks through what was logged when everything was."""
    items.sort(key=lambda item: item.path.name == "test_logs.py")
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            _give_id_of_its_own(item)
            item.add_marker(pytest.mark.xdist_group("deployed"))


def _give_id_of_its_own(item: pytest.Item) -> None:
    """Schemathesis leaves the operation out of the ids of its tests; of tests with the same id xdist runs only one."""
    _, bracket, parameters = item.name.partition("[")
    if bracket:
        item._id = replace(item.id, params=parameters.removesuffix("]"))


@pytest.fixture(scope="package")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the local AWS keeps its files."""
    return tmp_path_factory.mktemp("local-aws")


@pytest.fixture(scope="package")
def system_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of the system, empty before the start of the local AWS."""
    return tmp_path_factory.mktemp("system")


@pytest.fixture(scope="package")
def stack(directory: Path, system_directory: Path) -> Iterator[Stack]:
    """A local AWS with the project deployed, for all tests of this folder; its caller's environment is hostile."""
    build(LocalSettings())  # downloads packages, for which the caller's proxies are needed
    with ExitStack() as running:
        with patch.dict(os.environ, {**HOSTILE, "TMPDIR": str(system_directory)}):
            forget_account_of_caller()
            stack = running.enter_context(local_aws(free_port(), directory))
        yield stack


@pytest.fixture(scope="package")
def stock_loader(stack: Stack) -> StockLoader:
    """The sample catalogue, loaded."""
    stock_loader = StockLoader(stack)
    stock_loader.load(EVENTS / "catalogue.csv")
    return stock_loader


@pytest.fixture(scope="package")
def manager(stack: Stack) -> Manager:
    """An inventory manager, signed in as a page does it."""
    return Manager(stack)


@pytest.fixture(scope="package")
def service(stack: Stack) -> CheckoutService:
    """A checkout service."""
    return CheckoutService(stack)
