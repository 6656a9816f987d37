"""The reference of the API beside the admin page: where it is served, what it shows, and that it loads nothing else."""

import re
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_hosting import REFERENCE, send
from tests.support.browser.browsing import Browsing, assert_accessible
from tools.local import Stack

DRAWN_MILLISECONDS = 120_000  # Redoc draws all calls before it shows the first one, on a busy machine
CREATE_RESERVATION = '[id="tag/checkout/operation/createReservation"]'


def test_the_folder_has_an_index_with_and_without_a_slash(stack: Stack) -> None:
    url = stack.outputs["AdminUiUrl"]

    without_slash = send(f"{url}/reference")

    assert (without_slash.status, without_slash.headers["Location"]) == (HTTPStatus.FOUND, REFERENCE)
    assert send(url + REFERENCE).body == send(f"{url}{REFERENCE}index.html").body
    assert send(f"{url}/referenced").status == HTTPStatus.FORBIDDEN


def test_the_document_can_be_used_elsewhere_and_names_this_stack_first(stack: Stack) -> None:
    response = send(f"{stack.outputs['AdminUiUrl']}{REFERENCE}openapi.json")

    document = response.json()
    assert response.headers.get_content_type() == "application/json"
    assert [server["url"] for server in document["servers"]] == [stack.outputs["ApiUrl"], "https://{host}/v1"]
    assert not re.search(rb"x-amazon-|Fn::", response.body)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_shows_calls_with_what_can_go_wrong(scheme: str, as_nobody: OpenPage, stack: Stack) -> None:
    page = as_nobody()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    requested = requests_of(page)

    page.goto(f"{stack.outputs['AdminUiUrl']}{REFERENCE}#operation/createReservation")

    call = page.locator(CREATE_RESERVATION)
    expect(call.get_by_role("heading", name="Hold stock for a checkout")).to_be_visible(timeout=DRAWN_MILLISECONDS)
    expect(
        call.get_by_role("row", name=re.compile("INSUFFICIENT_STOCK .* Offer less, under a new key"))
    ).to_be_visible()
    expect(call.get_by_role("heading", name="Request samples")).to_be_in_viewport()
    expect(call.get_by_role("heading", name="Response samples")).to_be_visible()
    assert_accessible(page, within=CREATE_RESERVATION)
    assert {url.split("/", 3)[2] for url in requested if url.startswith("http")} == {
        stack.outputs["AdminUiUrl"].removeprefix("http://")
    }


def test_the_reference_is_searched_in_its_worker(as_nobody: OpenPage, stack: Stack) -> None:
    page = as_nobody()
    page.goto(stack.outputs["AdminUiUrl"] + REFERENCE)

    page.get_by_role("textbox").fill("extension", timeout=DRAWN_MILLISECONDS)

    expect(page.get_by_role("menuitem", name="Extend a hold").first).to_be_visible(timeout=DRAWN_MILLISECONDS)


def test_the_menu_of_the_page_leads_to_the_reference(as_viewer: OpenPage, browsing: Browsing) -> None:
    browsing.tolerate("status of 409")  # the overview of a stack whose read model is being built
    page = as_viewer()

    with page.expect_popup() as opened:
        page.get_by_role("link", name="API reference").click()

    expect(opened.value.get_by_role("heading", name="Inventory API")).to_be_visible(timeout=DRAWN_MILLISECONDS)


def requests_of(page: Page) -> list[str]:
    """The URLs that the page requests from now on."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    return urls
