"""The bodies and headers that administrators send, checked field by field."""

import re
from typing import Annotated

from pydantic import Field

from inventory.errors import FieldError, InvalidRequest
from inventory.validation import Delta, Reference, Request, Shards, Text, Units

VERSION_DIGITS_MAX = 15
NO_VERSION = -1  # that of no level


class LevelContent(Request):
    """The new content of a level."""

    on_hand: Units
    name: Text
    category: Text
    low_stock_threshold: Units
    active: Annotated[bool, Field(strict=True)] = True
    reason: Text


class AdjustmentContent(Request):
    """Units to add or, below 0, to remove."""

    delta: Delta
    reason: Text
    reference: Reference | None = None


class ShardsContent(Request):
    """How many shards a level is spread over."""

    shards: Shards


class RefundContent(Request):
    """The payment whose money was returned, and the reference of that return."""

    payment_reference: Reference
    reference: Reference
    note: Text | None = None


class ReleaseContent(Request):
    """Why a reservation is released by hand."""

    reason: Text


def parse_version(text: str) -> int:
    """The version in an If-Match header, quoted as an entity tag or not.

    Raises:
        InvalidRequest: it is not a version.
    """
    found = re.fullmatch(rf'"?([0-9]{{1,{VERSION_DIGITS_MAX}}})"?', text.strip())
    if not found:
        raise InvalidRequest([FieldError("If-Match", "must be the level's version")])
    return int(found[1])


def parse_version_or_any(text: str | None) -> int | None:
    """The version in an If-Match header; None for `*`, which any version matches, and NO_VERSION without the header.

    Raises:
        InvalidRequest: it is neither.
    """
    if text is None:
        return NO_VERSION
    return None if text.strip() == "*" else parse_version(text)


def parse_import_id(text: str, field: str = "import_id") -> str:
    """Check the id of an import or an export.

    Raises:
        InvalidRequest: it is not one.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise InvalidRequest([FieldError(field, "must be 32 digits, 0-9 and a-f")])
    return text
