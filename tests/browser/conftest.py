"""The admin page in a real browser, served by a local AWS of the tests' own; nothing is pretended.

    def test_a_viewer_changes_nothing(as_viewer: OpenPage) -> None:
        page = as_viewer("stock?category=kitchen")

        expect(page.get_by_role("button", name="Adjust")).to_have_count(0)

A test asks for
    as_manager, as_viewer   opens a page, signed in: as_manager("stock", display=Display(400, "dark"))
    as_nobody               opens a page that asks to sign in; `sign_in(page, user)` fills the form in
    display                 runs the test twice: light and 1280 px wide, dark and 400 px wide
    browsing                for browsing.tolerate("status of 409") before an error that must come
    colleague               another manager at the same stock, and the shop's checkout, while the page is open
    stack, shelves          the deployed stack, and its stock as the operator sees it: to change something elsewhere

Each call opens a browser of its own: two calls are two people. `assert_accessible(page)` asks axe, and
`photograph(page, f"stock-{display}")` keeps .local/screenshots/stock-light-1280.png; a test that fails leaves
photographs too. An error in the console, or a breach of the content security policy, fails the test.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.support.browser.browsing import (
    DESKTOP,
    DISPLAYS,
    PATIENCE_MILLISECONDS,
    Browsing,
    Display,
    launch,
    photograph,
    sign_in,
)
from tests.support.browser.other_manager import Colleague
from tests.support.manager import Manager
from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import EVENTS
from tools.demo.shelves import Shelves
from tools.local import Stack, local_aws
from tools.local.ports import free_port
from tools.local.stack import SignIn

FAILED = pytest.StashKey[bool]()


class OpenPage(Protocol):
    """Opens a page and answers it: `path` is what comes after `/#/`."""

    def __call__(self, path: str = "", *, display: Display = DESKTOP) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of this folder, on one local AWS."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A local AWS with the project and its page deployed, for all tests of this folder."""
    with local_aws(free_port(), tmp_path_factory.mktemp("local-aws"), page=True) as stack:
        yield stack


@pytest.fixture(scope="package")
def shelves(stack: Stack) -> Shelves:
    """The sample catalogue, loaded."""
    shelves = Shelves(stack)
    shelves.load(EVENTS / "catalogue.csv")
    return shelves


@pytest.fixture(scope="package")
def colleague(stack: Stack, shelves: Shelves) -> Colleague:
    """Somebody else at the same stock."""
    return Colleague(Manager.signed_in(stack), CheckoutService(stack))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each page has its own profile in it."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browsing(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Browsing]:
    """The test's pages, closed in the end; fails the test for errors in a console that nobody announced."""
    browsing = Browsing(browser, stack.outputs["AdminUiUrl"])
    yield browsing
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(browsing.pages(), start=1):
            photograph(page, f"failed-{request.node.name}-{number}")
    browsing.close()
    assert not browsing.unexpected_errors()


@pytest.fixture(scope="package")
def session_of(browser: Browser, stack: Stack) -> Callable[[SignIn], StorageState]:
    """What a browser keeps of someone who has signed in: they do so once, for all tests."""

    @cache
    def session_of(user: SignIn) -> StorageState:
        with closing(Browsing(browser, stack.outputs["AdminUiUrl"])) as browsing:
            page = browsing.open()
            sign_in(page, user)
            return page.context.storage_state()

    return session_of


@pytest.fixture
def as_nobody(browsing: Browsing) -> OpenPage:
    """Opens a page without having signed in."""
    return browsing.open


@pytest.fixture
def as_manager(
    browsing: Browsing, stack: Stack, shelves: Shelves, session_of: Callable[[SignIn], StorageState]
) -> OpenPage:
    """Opens a page as someone who may change stock, with the sample catalogue loaded."""
    return _signed_in(browsing, session_of, stack.admin)


@pytest.fixture
def as_viewer(
    browsing: Browsing, stack: Stack, shelves: Shelves, session_of: Callable[[SignIn], StorageState]
) -> OpenPage:
    """Opens a page as someone who may only look, with the sample catalogue loaded."""
    return _signed_in(browsing, session_of, stack.viewer)


@pytest.fixture(params=DISPLAYS, ids=str)
def display(request: pytest.FixtureRequest) -> Display:
    """Light on a desktop, and dark on a phone."""
    display: Display = request.param
    return display


def _signed_in(browsing: Browsing, session_of: Callable[[SignIn], StorageState], user: SignIn | None) -> OpenPage:
    assert user

    def open_page(path: str = "", *, display: Display = DESKTOP) -> Page:
        return browsing.open(path, display=display, session=session_of(user))

    return open_page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know that their test has failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
