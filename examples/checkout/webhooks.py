"""Signs webhooks and checks their signatures: HMAC-SHA256 over the time and the body, as payment providers do."""

import hashlib
import hmac

SIGNATURE_HEADER = "Provider-Signature"
TOLERANCE_SECONDS = 300  # for slow networks and clocks; an older message was recorded by somebody and is sent again


class BadSignature(Exception):
    """The message was not signed with the shared secret, or was signed too long ago."""


def sign(secret: bytes, body: bytes, now: float) -> str:
    """The header that signs a message: its time, and the digest of the time and the body."""
    at = str(int(now))
    return f"t={at},v1={_digest(secret, at, body)}"


def verify(secret: bytes, body: bytes, header: str, now: float) -> None:
    """Accept a message only if its sender knows the secret, and if it was signed within the last minutes.

    The body must be the received bytes. JSON that was parsed and written again has another digest.

    Raises:
        BadSignature: the message must not be read.
    """
    fields = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in fields if name == "t"]
    digests = [value for name, _, value in fields if name == "v1"]  # two while the secret is changed
    if len(times) != 1 or not times[0].isdecimal():
        raise BadSignature("the signature has no time")
    expected = _digest(secret, times[0], body).encode()
    # compare_digest takes the same time for every wrong digest, so a forger cannot guess it letter by letter.
    if not any(hmac.compare_digest(expected, digest.encode()) for digest in digests):
        raise BadSignature("the signature is wrong")
    if abs(now - int(times[0])) > TOLERANCE_SECONDS:
        raise BadSignature("the signature is too old, or a clock is wrong")


def _digest(secret: bytes, at: str, body: bytes) -> str:
    return hmac.new(secret, at.encode() + b"." + body, hashlib.sha256).hexdigest()
