"""Fixtures for tests of the admin page in a real browser. A separate local AWS serves it; nothing is mocked.

    def test_a_viewer_cannot_change_anything(as_viewer: OpenPage) -> None:
        page = as_viewer("stock?category=kitchen")

        expect(page.get_by_role("button", name="Adjust")).to_have_count(0)

Fixtures:
    as_manager, as_viewer   open a page of a user who is signed in: as_manager("stock", display=Display(400, "dark"))
    as_nobody               opens a page with the sign-in form; `sign_in(page, user)` fills it in
    display                 runs the test twice: light and 1280 px wide, dark and 400 px wide
    browsing                for `browsing.tolerate("status of 409")` before an expected error
    other_manager           another manager and a checkout, to change the same stock while the page is open
    stack, stock_loader     the deployed stack, and its stock as the operator sees it

Each call opens a separate browser context, so two calls are two users. `assert_accessible(page)` runs axe, and
`photograph(page, f"stock-{display}")` saves .local/screenshots/stock-light-1280.png. A test that fails saves
screenshots, too. An error in the console or a violation of the content security policy fails the test.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import cache
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.support.browser.browsing import (
    DESKTOP,
    DISPLAYS,
    TIMEOUT_MILLISECONDS,
    Browsing,
    Display,
    launch,
    photograph,
    sign_in,
)
from tests.support.browser.other_manager import OtherManager
from tests.support.deployed.manager import Manager
from tests.support.waiting import until
from tools.demo.checkout import CheckoutService
from tools.demo.scenarios import EVENTS
from tools.demo.stock_loader import StockLoader
from tools.local import Stack, local_aws
from tools.local.ports import free_port
from tools.local.stack import SignIn

FAILED = pytest.StashKey[bool]()
BUILT_WITHIN_SECONDS = 120  # a second on a quiet machine


class OpenPage(Protocol):
    """Opens a page and returns it. `path` is the part of the address after `/#/`."""

    def __call__(self, path: str = "", *, display: Display = DESKTOP) -> Page: ...


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A local AWS with the project and its page, for all tests of this folder."""
    with local_aws(free_port(), tmp_path_factory.mktemp("local-aws"), page=True) as stack:
        yield stack


@pytest.fixture(scope="package")
def stock_loader(stack: Stack) -> StockLoader:
    """The stock, with the sample catalogue loaded."""
    stock_loader = StockLoader(stack)
    stock_loader.load(EVENTS / "catalogue.csv")
    return stock_loader


@pytest.fixture(scope="package")
def read_model(stack: Stack, stock_loader: StockLoader) -> None:
    """The read model of the stock, built as its schedule would do it within a minute: until then the page waits for it."""
    manager = Manager(stack)

    def is_built() -> bool:
        stack.client("lambda").invoke(FunctionName=stack.outputs["MergeReadModelFunctionName"], Payload=b"{}")
        return bool(manager.gets("/admin/inventory", limit="1")["read_model"]["state"] != "MISSING")

    until(is_built, "the read model is built", within_seconds=BUILT_WITHIN_SECONDS)


@pytest.fixture(scope="package")
def other_manager(stack: Stack, stock_loader: StockLoader) -> OtherManager:
    """Another manager, and the shop's checkout."""
    return OtherManager(Manager(stack), CheckoutService(stack))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests. Each page has its own context in it."""
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browsing(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Browsing]:
    """The test's pages, closed at the end. Unexpected errors in a console fail the test."""
    browsing = Browsing(browser, stack.outputs["AdminUiUrl"])
    yield browsing
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(browsing.pages(), start=1):
            photograph(page, f"failed-{request.node.name}-{number}")
    browsing.close()
    assert not browsing.unexpected_errors()


@pytest.fixture(scope="package")
def session_of(browser: Browser, stack: Stack) -> Callable[[SignIn], StorageState]:
    """The stored session of a user, who signs in once for all tests."""

    @cache
    def session_of(user: SignIn) -> StorageState:
        with closing(Browsing(browser, stack.outputs["AdminUiUrl"])) as browsing:
            page = browsing.open()
            sign_in(page, user)
            return page.context.storage_state()

    return session_of


@pytest.fixture
def as_nobody(browsing: Browsing) -> OpenPage:
    """Opens a page of a user who is not signed in."""
    return browsing.open


@pytest.fixture
def as_manager(
    browsing: Browsing, stack: Stack, read_model: None, session_of: Callable[[SignIn], StorageState]
) -> OpenPage:
    """Opens a page as a manager, with the sample catalogue loaded."""
    return _signed_in(browsing, session_of, stack.admin)


@pytest.fixture
def as_viewer(
    browsing: Browsing, stack: Stack, read_model: None, session_of: Callable[[SignIn], StorageState]
) -> OpenPage:
    """Opens a page as a viewer, with the sample catalogue loaded."""
    return _signed_in(browsing, session_of, stack.viewer)


@pytest.fixture(params=DISPLAYS, ids=str)
def display(request: pytest.FixtureRequest) -> Display:
    """A light desktop, and a dark phone."""
    display: Display = request.param
    return display


def _signed_in(browsing: Browsing, session_of: Callable[[SignIn], StorageState], user: SignIn | None) -> OpenPage:
    assert user

    def open_page(path: str = "", *, display: Display = DESKTOP) -> Page:
        return browsing.open(path, display=display, session=session_of(user))

    return open_page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record whether the test failed, for its fixtures."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
