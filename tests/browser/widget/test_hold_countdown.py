"""`<hold-countdown>`: how long a hold lasts, by the server's clock."""

from datetime import datetime, timedelta
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.widget.conftest import OpenPage
from tests.support.browser.browsing import Browsing
from tests.support.browser.fake_storefront import FakeStorefront
from tests.support.waiting import until

NOW = datetime.fromisoformat("2026-11-26T12:00:00+00:00")
MINUTES = timedelta(minutes=1)
ADD = """attributes => {
    addEventListener('hold-ended', () => { window.ended = (window.ended ?? 0) + 1; });
    const element = document.createElement('hold-countdown');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.querySelector('main').append(element);
}"""


def iso(time: datetime) -> str:
    """As the API writes a time."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class OpenCountdown(Protocol):
    """Opens a page with a countdown that has these attributes, whose clock a test moves."""

    def __call__(self, **attributes: str) -> Page: ...


def held_until(end: datetime) -> dict[str, str]:
    """The attributes, as the shop's server writes them."""
    return {"held-until": iso(end), "server-time": iso(NOW)}


def text_of(page: Page) -> Locator:
    """What is shown, without what is read aloud."""
    return page.locator("hold-countdown [part=text]")


def ended(page: Page) -> int:
    """How often the event was fired."""
    count: int = page.evaluate("window.ended ?? 0")
    return count


@pytest.fixture
def open_countdown(open_page: OpenPage) -> OpenCountdown:
    """Opens a page whose clock is an hour ahead of the server's, and stands still."""

    def open_countdown(**attributes: str) -> Page:
        page = open_page("", settings="")
        page.clock.install(time=NOW + 60 * MINUTES)
        page.clock.pause_at(NOW + 61 * MINUTES)
        page.evaluate(ADD, attributes)
        return page

    return open_countdown


def test_it_counts_down_by_the_servers_clock_and_ends_once(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW + 2 * MINUTES))
    expect(text_of(page)).to_have_text("Held for 2:00")

    page.clock.run_for(75_000)
    expect(text_of(page)).to_have_text("Held for 0:45")
    assert ended(page) == 0
    page.clock.run_for(45_000)

    expect(text_of(page)).to_have_text("Your hold has ended")
    page.clock.run_for(600_000)
    assert ended(page) == 1


def test_it_does_not_drift_while_the_machine_sleeps(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW + 15 * MINUTES))
    expect(text_of(page)).to_have_text("Held for 15:00")

    page.clock.fast_forward(600_000)
    page.clock.run_for(1_000)

    expect(text_of(page)).to_have_text("Held for 4:59")


def test_it_follows_an_extension(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW + 1 * MINUTES))
    page.clock.run_for(50_000)

    page.locator("hold-countdown").evaluate(
        "(element, until) => element.setAttribute('held-until', until)", iso(NOW + 5 * MINUTES)
    )
    expect(text_of(page)).to_have_text("Held for 4:10")
    page.clock.run_for(120_000)

    assert ended(page) == 0
    page.clock.run_for(130_000)
    expect(text_of(page)).to_have_text("Your hold has ended")
    assert ended(page) == 1


def test_a_hold_that_ended_before_the_page_came_is_said_once(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW - 1 * MINUTES))

    expect(text_of(page)).to_have_text("Your hold has ended")
    page.clock.run_for(10_000)

    assert ended(page) == 1


def test_the_longest_hold_is_shown_in_days(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW + timedelta(days=31)))

    expect(text_of(page)).to_have_text("Held for 31 days")
    page.clock.run_for(3_600_000)

    assert ended(page) == 0
    expect(text_of(page)).to_have_text("Held for 30 days")


def test_the_shops_own_backend_knows_the_hold(shop: FakeStorefront, open_countdown: OpenCountdown) -> None:
    shop.hold = {"held_until": iso(NOW + 3 * MINUTES), "server_time": iso(NOW), "status": "HELD"}
    page = open_countdown(src="/hold")

    expect(text_of(page)).to_have_text("Held for 3:00")


def test_an_extension_elsewhere_is_found_before_the_end(shop: FakeStorefront, open_countdown: OpenCountdown) -> None:
    shop.hold = {"held_until": iso(NOW + 1 * MINUTES), "server_time": iso(NOW)}
    page = open_countdown(**{"src": "/hold", "refresh-seconds": "3600"})
    expect(text_of(page)).to_have_text("Held for 1:00")
    shop.hold = {"held_until": iso(NOW + 6 * MINUTES), "server_time": iso(NOW + 1 * MINUTES)}

    page.clock.run_for(61_000)

    expect(text_of(page)).to_have_text("Held for 5:00")
    assert ended(page) == 0


@pytest.mark.parametrize("status", ["PAID", "COMMITTED"])
def test_a_hold_that_is_paid_does_not_end(shop: FakeStorefront, open_countdown: OpenCountdown, status: str) -> None:
    shop.hold = {"held_until": iso(NOW + 1 * MINUTES), "server_time": iso(NOW), "status": status}
    page = open_countdown(src="/hold")

    expect(page.locator("hold-countdown")).to_have_attribute("status", "settled")
    page.clock.run_for(120_000)

    expect(text_of(page)).to_be_empty()
    assert ended(page) == 0


def test_a_hold_that_was_released_has_ended(shop: FakeStorefront, open_countdown: OpenCountdown) -> None:
    shop.hold = {"held_until": iso(NOW + 9 * MINUTES), "server_time": iso(NOW), "status": "RELEASED"}
    page = open_countdown(src="/hold")

    expect(text_of(page)).to_have_text("Your hold has ended")
    page.clock.run_for(600_000)

    assert ended(page) == 1


def test_a_backend_that_does_not_answer_is_asked_again(
    shop: FakeStorefront, open_countdown: OpenCountdown, browsing: Browsing
) -> None:
    browsing.tolerate("status of 503")
    page = open_countdown(src="/hold")
    expect(page.locator("hold-countdown")).to_have_attribute("status", "loading")
    until(lambda: shop.requests["/hold"] == 1, "the backend was asked", within_seconds=10)
    shop.hold = {"held_until": iso(NOW + 3 * MINUTES), "server_time": iso(NOW)}

    def is_held() -> bool:
        page.clock.run_for(1_000)
        return page.locator("hold-countdown").get_attribute("status") == "held"

    until(is_held, "the page asked again", within_seconds=10)

    expect(text_of(page)).to_contain_text("Held for")


def test_a_shopper_who_cannot_see_it_hears_of_the_last_minutes(open_countdown: OpenCountdown) -> None:
    page = open_countdown(**held_until(NOW + 6 * MINUTES))
    said = page.locator("hold-countdown [part=announcement]")
    page.clock.run_for(30_000)
    expect(said).to_be_empty()

    page.clock.run_for(32_000)
    expect(said).to_have_text("Held for 5 minutes")
    page.clock.run_for(240_000)
    expect(said).to_have_text("Held for 1 minute")
    page.clock.run_for(60_000)
    expect(said).to_have_text("Your hold has ended")
