"""Which channels AppSync Events takes."""

import pytest

from tools.local.event_api.channels import parse_channel, patterns_of


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("/stock/abc", ("stock", "abc")),
        ("stock/abc/", ("stock", "abc")),
        ("/a", ("a",)),
        ("/1/2/3/4/5", ("1", "2", "3", "4", "5")),
        (f"/stock/{'x' * 50}", ("stock", "x" * 50)),
        ("/stock/a-b", ("stock", "a-b")),
    ],
)
def test_a_channel_has_up_to_five_segments_of_letters_digits_and_inner_dashes(text: str, segments: object) -> None:
    assert parse_channel(text) == segments


@pytest.mark.parametrize(
    "text",
    ["", "/", "//a", "/a//b", "/1/2/3/4/5/6", f"/stock/{'x' * 51}", "/stock/a_b", "/stock/-a", "/stock/a-", "/stock/ü"],
)
def test_any_other_channel_is_refused(text: str) -> None:
    assert parse_channel(text) is None
    assert parse_channel(text, may_end_with_any=True) is None


@pytest.mark.parametrize("value", [None, 1, ["stock", "a"]])
def test_a_channel_is_a_text(value: object) -> None:
    assert parse_channel(value) is None


def test_only_a_subscription_may_end_with_any_and_not_as_its_namespace() -> None:
    assert parse_channel("/stock/*") is None
    assert parse_channel("/stock/*", may_end_with_any=True) == ("stock", "*")
    assert parse_channel("/*", may_end_with_any=True) is None
    assert parse_channel("/stock/*/a", may_end_with_any=True) is None


def test_any_stands_for_one_segment() -> None:
    assert patterns_of(("stock", "a")) == (("stock", "a"), ("stock", "*"))
