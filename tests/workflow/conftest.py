"""Fixtures of the workflow tests."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from inventory import dependencies
from inventory.aws import clients
from tests.support.shop import Shop, names_of, new_shop
from tests.support.template.source import environment
from tests.support.waiting import until
from tests.support.workflow import functions
from tests.support.workflow.checkouts import Checkouts
from tests.support.workflow.cloud import Cloud
from tests.support.workflow.cloud import cloud as run_cloud
from tests.support.workflow.engine import REGION
from tests.support.workflow.evaluations import recorded_evaluations
from tests.support.workflow.state_coverage import record_paths, recorded_count

OTHER_PROCESSES_END_WITHIN_SECONDS = 240  # within the 300 s of a test


@pytest.fixture(scope="package")
def running_cloud(dynamodb_url: str) -> Iterator[Cloud]:
    """The AWS that the handlers and the engine call, shared by all tests of the workflow."""
    with run_cloud(dynamodb_url) as (cloud, url), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_ACCESS_KEY_ID", "functions")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        patch.setattr(boto3, "client", lru_cache(boto3.client))  # all call the same cloud, and are slow to create
        clients.forget_session()
        made = lru_cache(clients.new_client)
        patch.setattr(dependencies, "new_client", lambda service, config: made(service, config))
        yield cloud


@pytest.fixture(scope="session")
def paths_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory in which each test records the paths that it took, shared by all processes of a run."""
    return shared_directory(tmp_path_factory, "paths")


@pytest.fixture(scope="session")
def evaluations_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory in which each test records its JSONata expressions, shared by all processes of a run."""
    return shared_directory(tmp_path_factory, "evaluations")


def shared_directory(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    directory = shared / name
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture
def workflow_tests_over(request: pytest.FixtureRequest, paths_directory: Path, evaluations_directory: Path) -> int:
    """Wait until the other tests of the workflow, in all processes, are over; their number."""
    tests = [item for item in request.session.items if "checkouts" in getattr(item, "fixturenames", ())]
    until(
        lambda: min(map(recorded_count, (paths_directory, evaluations_directory))) >= len(tests),
        "the other tests of the workflow are over",
        within_seconds=OTHER_PROCESSES_END_WITHIN_SECONDS,
    )
    return len(tests)


@pytest.fixture
def shop(dynamodb_url: str) -> Shop:
    """A shop without stock, over new tables: an execution that was stopped may still write to its old ones."""
    return new_shop(dynamodb_url)


@pytest.fixture
def cloud(running_cloud: Cloud) -> Iterator[Cloud]:
    """The AWS of one test, without faults until the test injects some."""
    yield running_cloud
    running_cloud.reset()


@pytest.fixture
def low_stock_topic(cloud: Cloud) -> str:
    """An empty topic."""
    return boto3.client("sns").create_topic(Name=f"low-stock-{uuid4().hex}")["TopicArn"]


@pytest.fixture
def operations_topic(cloud: Cloud) -> str:
    """An empty topic."""
    return boto3.client("sns").create_topic(Name=f"operations-{uuid4().hex}")["TopicArn"]


@pytest.fixture
def cold_functions(shop: Shop, low_stock_topic: str, operations_topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions in new containers, with the tables of the shop and the topics of the test."""
    names = names_of(shop.tables) | {
        "LowStockTopic": low_stock_topic,
        "OperationsTopic": operations_topic,
        "ReadModelBucket": "read-model",
    }
    for name, value in environment(names).items():
        monkeypatch.setenv(name, value)
    functions.cold_start()


@pytest.fixture
def recorded_expressions(cloud: Cloud, evaluations_directory: Path) -> Iterator[None]:
    """Record the JSONata expressions of the test."""
    with recorded_evaluations(evaluations_directory):
        yield


@pytest.fixture
def checkouts(
    shop: Shop, low_stock_topic: str, cold_functions: None, recorded_expressions: None, paths_directory: Path
) -> Iterator[Checkouts]:
    """Checkouts in the shop. After the test the counters agree, and the paths of its executions are recorded."""
    checkouts = Checkouts(shop, boto3.client("stepfunctions"), low_stock_topic)
    yield checkouts
    for checkout in checkouts.made:
        checkout.stops()
    record_paths(paths_directory, [checkout.history() for checkout in checkouts.made])
    shop.adds_up()
