"""What an identifier, a text and a number may be. Every door checks these rules, with or without pydantic."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRule:
    """How a text is read, and the sentence for a caller whose text is refused.

    `read` gives the text as it is stored and compared, and None for one that is refused.
    """

    read: Callable[[str], str | None]
    message: str


# A character of NFC decomposes into at most 4: a text that is longer than this multiple is too long after NFC too. It is
# refused unread, as the normalisation of a long row of combining marks takes the square of its length.
DECOMPOSED_MAX = 4
# https://www.unicode.org/reports/tr44/#General_Category_Values: control, format (zero width, bidi, joiners), surrogate,
# private use, line and paragraph separators. Unassigned ones are allowed: another version of Unicode may know them.
NOT_PRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def printable(text: str, length_max: int) -> str | None:
    """A text of 1 to `length_max` printable characters, counted after NFC, in NFC; None for any other text."""
    if len(text) > DECOMPOSED_MAX * length_max:
        return None
    normal = unicodedata.normalize("NFC", text)
    if not 1 <= len(normal) <= length_max:
        return None
    return normal if normal.isprintable() or all(map(_is_printable, normal)) else None


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in NOT_PRINTABLE and not _is_noncharacter(ord(character))


def _is_noncharacter(code: int) -> bool:
    """https://www.unicode.org/faq/private_use.html#nonchar1"""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


IDENTIFIER_LENGTH_MAX = 128
TEXT_LENGTH_MAX = 200


def _identifier(text: str) -> str | None:
    read = printable(text, IDENTIFIER_LENGTH_MAX)
    return read if read is not None and read == read.strip() else None


# Products, warehouses, and the ids of other systems: orders, customers, payments, references.
IDENTIFIER = TextRule(
    _identifier, f"must be 1 to {IDENTIFIER_LENGTH_MAX} printable characters, without spaces around them"
)
# Names, categories, reasons and notes.
TEXT = TextRule(
    lambda text: printable(text, TEXT_LENGTH_MAX), f"must be 1 to {TEXT_LENGTH_MAX} printable characters on one line"
)


# --- numbers


def whole_number(value: object) -> int | None:
    """A whole number in decoded JSON; None for any other value.

    2.0 is the whole number 2: JSON and Step Functions do not tell them apart, so no door can refuse one of them.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if isinstance(value, int) or value.is_integer() else None


# --- reservations

_KEY = re.compile(r"[ -~]{1,128}")
# What needs no other name: it can be the name of an execution, a part of a path, and no hash.
_PLAIN_NAME = re.compile(r"(?!k-)[A-Za-z0-9_-]{1,80}")
_HASHED_NAME = re.compile(r"k-[a-z2-7]{51}[aq]")  # the last of 52 digits carries one bit of 256

# The Idempotency-Key of a reservation, which answers repeat as its `reservation_id`.
RESERVATION_KEY = TextRule(
    lambda text: text if _KEY.fullmatch(text) else None, "must be 1 to 128 printable ASCII characters"
)

RESERVATION_ID = TextRule(
    lambda text: text if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", text) else None,
    "must be 1 to 80 of A-Z, a-z, 0-9, - and _",
)


def name_of(key: str) -> str:
    """The name of a reservation's row and execution: its key, or the hash of a key that cannot be such a name.

    The name of a name is the name itself, so a call may give either.
    """
    if _PLAIN_NAME.fullmatch(key) or _HASHED_NAME.fullmatch(key):
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    return "k-" + base64.b32encode(digest).decode().rstrip("=").lower()


# --- keys that are built of several parts

SEPARATOR = "\u001f"  # no identifier contains it


def joined(*parts: str) -> str:
    """One text of several parts, from which each part can be told: no part contains the separator."""
    return SEPARATOR.join(parts)
