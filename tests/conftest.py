"""Fixtures of all tests, and the order in which tests start."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.dynamodb_local import dynamodb_local
from tests.support.processes.machine_lock import machine_lock
from tests.support.shop import Shop
from tests.support.shop.shops import Shops
from tools.local.processes.environment import forget_account_of_caller
from tools.local.settings import PROJECT

FILES = PROJECT / ".local" / "tests"  # instead of the system's temporary folder

forget_account_of_caller()  # nothing that the caller configured for AWS changes a test
FILES.mkdir(parents=True, exist_ok=True)
os.environ["PYTEST_DEBUG_TEMPROOT"] = str(FILES)  # pytest keeps the temporary files of the last three runs there
os.environ["STATE_DIR"] = str(FILES / "ministack")  # for tests that call ministack in this process

# A busy machine is slow, and that is no failure.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

DEPLOYED = ("tests/e2e/",)
COMPONENTS = ("tests/browser/widget/",)
LISTS = tuple(f"tests/browser/test_{page}.py" for page in ("overview", "reservations", "session", "sheets", "stock"))
PAGES = ("tests/browser/",)  # the other tests of the browser

# Tests that share what is slow to start: one process runs all of a group, with a local AWS or a browser of its own. A test
# belongs to the first group whose beginning its path has. All tests of the browser in one group would take longer than
# all other tests together: at the end one process would work alone.
GROUPS = (DEPLOYED, COMPONENTS, LISTS, PAGES)

# The order of a complete run. Long tests start first, so that no process waits for another one at the end: the tests of
# the deployed stack and of the page mostly wait, and the other tests use that time. A third local AWS starts when that
# of the deployed stack has ended: more than two at once are slow.
STARTED_FIRST = (
    ("tests/integration/reservations/test_model_based.py",),
    DEPLOYED,
    LISTS,
    ("tests/integration/reconciliation/test_stranded_holds.py",),
    ("tests/integration/test_cost.py",),
    ("tests/integration/reservations/test_crashes.py",),
    ("tests/integration/reservations/test_concurrency.py",),
    ("tests/integration/read_model/test_merge_faults.py",),
    PAGES,
    COMPONENTS,
    ("tests/workflow/",),
)
WAITS_FOR_THE_OTHERS = "tests/workflow/test_state_coverage.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start long tests first, and the state coverage, which waits for the tests of the workflow, last."""
    changing = [item.nodeid for item in items if _id_changes(item)]
    if changing:
        raise pytest.UsageError(f"Give these tests ids that are the same in each process: {', '.join(changing)}")
    items.sort(key=_place)


def _id_changes(item: pytest.Item) -> bool:
    """Whether a test is named after a set, whose order each process chooses, or after an address in memory.

    Tests that run side by side must have the same names in each process.
    """
    values = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
    sets = [str(value) for value in values if isinstance(value, set | frozenset) and len(value) > 1]
    return " at 0x" in item.nodeid or any(text in item.nodeid for text in sets)


def _place(item: pytest.Item) -> int:
    """The place of a test in the order; tests with the same place keep their order."""
    if item.nodeid.startswith(WAITS_FOR_THE_OTHERS):
        return len(STARTED_FIRST) + 1
    group = _group(item.nodeid)
    if group:
        return STARTED_FIRST.index(group)
    places = [place for place, beginnings in enumerate(STARTED_FIRST) if item.nodeid.startswith(beginnings)]
    return places[0] if places else len(STARTED_FIRST)


def _group(nodeid: str) -> tuple[str, ...] | None:
    """The group that a test belongs to, if it shares anything slow with others."""
    return next((group for group in GROUPS if nodeid.startswith(group)), None)


@pytest.fixture(scope="session")
def dynamodb_url() -> Iterator[str]:
    """Amazon's DynamoDB Local, one for all tests of this process."""
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="session")
def shops(dynamodb_url: str) -> Shops:
    """Shops over one DynamoDB Local, for tests that need more than one."""
    return Shops(dynamodb_url)


@pytest.fixture
def shop(shops: Shops) -> Iterator[Shop]:
    """A shop without stock."""
    with shops.open() as shop:
        yield shop


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives all tests of one group to one process, and every other test to the next free process.

    The groups of xdist 3.8 do nothing under pytest 9.2: it ignores the ids that xdist gives to tests of a group.
    """

    def _split_scope(self, nodeid: str) -> str:
        group = _group(nodeid)
        return ", ".join(group) if group else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByGroup | None:
    """Replace the scheduler of `--dist loadgroup`."""
    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test with the mark `alone` run while the other processes wait: it needs all processors."""
    worker = getattr(item.config, "workerinput", None)
    if worker is None:  # one process
        return (yield)
    with machine_lock(_locks(worker["testrunuid"]), alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the locks of the complete run."""
    if controller := session.config.pluginmanager.getplugin("dsession"):
        shutil.rmtree(_locks(controller.nodemanager.testrunuid), ignore_errors=True)


def _locks(run_id: str) -> Path:
    return FILES / f"locks-{run_id}"
