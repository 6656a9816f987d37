"""A webhook is read only if the provider signed it, and signed it now."""

import pytest

from examples.checkout.webhooks import TOLERANCE_SECONDS, BadSignature, sign, verify

SECRET, BODY, NOW = b"shared secret", b'{"payment_id": "pay-1"}', 1_795_000_000.0


def test_a_message_of_the_provider_is_accepted() -> None:
    verify(SECRET, BODY, sign(SECRET, BODY, NOW), NOW)


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, TOLERANCE_SECONDS])
def test_a_slow_network_and_a_wrong_clock_are_tolerated(seconds: int) -> None:
    verify(SECRET, BODY, sign(SECRET, BODY, NOW), NOW + seconds)


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_an_old_message_is_refused_although_its_signature_is_right(seconds: int) -> None:
    with pytest.raises(BadSignature, match="too old"):
        verify(SECRET, BODY, sign(SECRET, BODY, NOW), NOW + seconds)


def test_the_time_cannot_be_changed() -> None:
    old = sign(SECRET, BODY, NOW - 3600)
    digest = old.partition("v1=")[2]

    with pytest.raises(BadSignature, match="wrong"):
        verify(SECRET, BODY, f"t={int(NOW)},v1={digest}", NOW)


def test_another_body_or_another_secret_is_refused() -> None:
    header = sign(SECRET, BODY, NOW)

    with pytest.raises(BadSignature, match="wrong"):
        verify(SECRET, BODY.replace(b"1", b"2"), header, NOW)
    with pytest.raises(BadSignature, match="wrong"):
        verify(b"another secret", BODY, header, NOW)


def test_both_signatures_count_while_the_secret_is_changed() -> None:
    new, old = sign(b"new secret", BODY, NOW), sign(SECRET, BODY, NOW)
    both = f"{new},{old.partition(',')[2]}"

    verify(SECRET, BODY, both, NOW)
    verify(b"new secret", BODY, both, NOW)


@pytest.mark.parametrize(
    "header",
    ["", "t=", "t=now,v1=00", "v1=00", f"t={int(NOW)}", f"t={int(NOW)},v1=é", f"t={int(NOW)},t=1,v1=00", ",=,"],
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, BODY, header, NOW)
