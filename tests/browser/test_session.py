"""Signing in and out, and sessions that end while the page is in use.

The local AWS differs from Cognito: it sends no email, so the code of a forgotten password is always the same. It checks
the strength of a password only when a forgotten one is replaced, not when a new user chooses one.
"""

import re
import secrets
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.support.browser.browsing import Browsing, Display, assert_accessible, photograph, sign_in
from tools.demo.checkout import CheckoutService
from tools.demo.stock_loader import StockLoader
from tools.local import Stack
from tools.local.identities import create_sign_in
from tools.local.stack import SignIn

CODE_OF_THE_LOCAL_AWS = "654321"
SOON_MILLISECONDS = 30_000
AFTER_THE_TOKEN_EXPIRED = "16:00"  # in the browser's clock: one minute longer than an id token is valid

NewUser = Callable[..., SignIn]


@pytest.fixture
def new_user(stack: Stack) -> NewUser:
    """Creates a user for the test, in a group or in none."""
    cognito, pool = stack.client("cognito-idp"), stack.outputs["UserPoolId"]

    def new_user(group: str | None = "inventory-managers", *, is_new: bool = False) -> SignIn:
        user = create_sign_in(cognito, pool, f"user-{uuid4().hex[:8]}", group or "inventory-viewers")
        named = {"UserPoolId": pool, "Username": user.username}
        if group is None:
            cognito.admin_remove_user_from_group(**named, GroupName="inventory-viewers")
        if is_new:
            cognito.admin_set_user_password(**named, Password=user.password, Permanent=False)
        return user

    return new_user


def a_password() -> str:
    return f"{secrets.token_urlsafe(16)}-aA1"


def submit(page: Page, user: SignIn) -> None:
    """Fill in the form and submit it, without waiting for the result."""
    page.get_by_label("Username or email").fill(user.username)
    page.get_by_label("Password", exact=True).fill(user.password)
    page.get_by_role("button", name="Sign in").click()


def expect_overview(page: Page) -> None:
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def start_hold(stack: Stack) -> str:
    """Start a checkout that holds units. Returns its reservation id."""
    reservation_id = f"session-{uuid4().hex[:8]}"
    service = CheckoutService(stack)
    service.start(reservation_id, {"lines": [{"product_id": "KIT-0001", "quantity": 1}], "hold_seconds": 3_600})
    assert service.await_status(reservation_id, "HELD", "REJECTED") == "HELD"
    return reservation_id


# --- signing in


def test_signing_in_opens_the_requested_page(as_nobody: OpenPage, stack: Stack, stock_loader: StockLoader) -> None:
    assert stack.viewer
    page = as_nobody("reservations?status=HELD")

    submit(page, stack.viewer)

    expect(page.get_by_role("heading", name="Reservations", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/#/reservations\?status=HELD$"))


@pytest.mark.parametrize("is_known", [True, False], ids=["wrong password", "unknown user"])
def test_a_wrong_sign_in_does_not_reveal_which_usernames_exist(
    as_nobody: OpenPage, browsing: Browsing, new_user: NewUser, is_known: bool
) -> None:
    browsing.tolerate("status of 400")
    username = new_user().username if is_known else f"nobody-{uuid4().hex[:8]}"
    page = as_nobody()

    submit(page, SignIn(username, a_password()))

    expect(page.get_by_text("The username or the password is wrong.", exact=True)).to_be_visible()
    expect(page.get_by_label("Username or email")).to_have_value(username)


def test_a_new_user_chooses_a_password_first(as_nobody: OpenPage, new_user: NewUser) -> None:
    user = new_user(is_new=True)
    page = as_nobody()

    submit(page, user)
    expect(page.get_by_text("You are signed in with a temporary password.")).to_be_visible()
    page.get_by_label("New password").fill(a_password())
    page.get_by_role("button", name="Set password").click()

    expect_overview(page)


def test_a_forgotten_password_is_replaced_with_a_code(
    as_nobody: OpenPage, browsing: Browsing, new_user: NewUser
) -> None:
    browsing.tolerate("status of 400")
    user, password = new_user(), a_password()
    page = as_nobody()

    page.get_by_role("button", name="Forgot your password?").click()
    page.get_by_label("Username or email").fill(user.username)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code from the email").fill("000000")
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("The code is wrong.", exact=True)).to_be_visible()
    page.get_by_label("Code from the email").fill(CODE_OF_THE_LOCAL_AWS)
    page.get_by_label("New password").fill("too-simple")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text(re.compile("^The password is too simple"))).to_be_visible()
    page.get_by_label("New password").fill(password)
    page.get_by_role("button", name="Set password").click()

    expect_overview(page)


def test_a_user_without_a_group_has_no_access(as_nobody: OpenPage, new_user: NewUser) -> None:
    user = new_user(None)
    page = as_nobody("stock")

    submit(page, user)

    expect(page.get_by_text("You have no access yet")).to_be_visible()
    expect(page.get_by_text(user.username)).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Username or email")).to_be_visible()


def test_signing_in_works_with_the_keyboard(as_nobody: OpenPage, new_user: NewUser) -> None:
    user = new_user()
    page = as_nobody()

    expect(page.get_by_label("Username or email")).to_be_focused()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(user.password)
    page.keyboard.press("Enter")

    expect_overview(page)


# --- signing out


def test_signing_out_deletes_the_tokens_in_this_browser(as_nobody: OpenPage, new_user: NewUser) -> None:
    user = new_user()
    page = as_nobody()
    submit(page, user)
    expect_overview(page)

    page.get_by_role("button", name=user.username).click()
    page.get_by_role("menuitem", name="Sign out").click()

    expect(page.get_by_label("Username or email")).to_be_visible()
    assert "CognitoIdentityServiceProvider" not in page.evaluate("JSON.stringify(localStorage)")
    page.goto("/#/stock")
    expect(page.get_by_label("Username or email")).to_be_visible()


# --- expired and ended sessions


def test_an_expired_token_is_renewed_silently(
    as_nobody: OpenPage, stack: Stack, stock_loader: StockLoader, new_user: NewUser
) -> None:
    held = start_hold(stack)
    page = as_nobody()
    page.clock.install()
    submit(page, new_user())
    expect_overview(page)

    with page.expect_request(lambda request: "RefreshToken" in (request.post_data or "")):
        page.clock.fast_forward(AFTER_THE_TOKEN_EXPIRED)
        page.get_by_role("link", name="Reservations", exact=True).click()

    expect(page.get_by_role("link", name=held)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("The inventory cannot be reached")).to_have_count(0)


def test_a_session_ended_elsewhere_asks_for_the_password_after_its_token_expired(
    as_nobody: OpenPage, browsing: Browsing, stack: Stack, new_user: NewUser
) -> None:
    browsing.tolerate("status of 40[01]")
    user = new_user()
    page = as_nobody("reservations")
    page.clock.install()
    submit(page, user)
    expect(page.get_by_role("table")).to_be_visible()

    stack.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=stack.outputs["UserPoolId"], Username=user.username
    )
    page.clock.fast_forward(AFTER_THE_TOKEN_EXPIRED)

    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=SOON_MILLISECONDS)


def test_input_survives_the_end_of_a_session_and_is_sent_after_the_next_sign_in(
    as_nobody: OpenPage, stack: Stack, stock_loader: StockLoader, new_user: NewUser
) -> None:
    user, held = new_user(), start_hold(stack)
    page = as_nobody(f"reservations/{held}")
    sign_in(page, user)
    page.get_by_role("button", name="Release").click()
    page.get_by_label("Reason").fill("the customer called")

    page.evaluate("localStorage.clear()")
    page.get_by_role("dialog", name="Release this reservation?").get_by_role("button", name="Release").click()
    ended = page.get_by_role("dialog", name="Your session has ended")
    expect(ended).to_be_visible()
    expect(ended.get_by_label("Username or email")).to_have_value(user.username)
    expect(page.get_by_label("Reason")).to_have_value("the customer called")
    expect(ended.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type(user.password)
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"{held} was released.")).to_be_visible()
    expect(ended).to_have_count(0)


# --- accessibility and appearance


def test_signing_in_is_accessible(as_nobody: OpenPage, display: Display) -> None:
    page = as_nobody(display=display)
    expect(page.get_by_label("Username or email")).to_be_visible()
    assert_accessible(page)
    photograph(page, f"sign-in-{display}")

    page.get_by_role("button", name="Forgot your password?").click()
    expect(page.get_by_role("button", name="Send the code")).to_be_visible()
    assert_accessible(page)
    photograph(page, f"forgotten-password-{display}")


def test_the_dialog_of_an_ended_session_is_accessible(as_nobody: OpenPage, new_user: NewUser, display: Display) -> None:
    page = as_nobody(display=display)
    sign_in(page, new_user())
    expect_overview(page)

    page.evaluate("localStorage.clear()")
    # The next call finds it: the overview asks for its figures every 30 seconds.
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible(timeout=4 * SOON_MILLISECONDS)

    assert_accessible(page)
    photograph(page, f"session-ended-{display}")
