"""What an identifier, a text and a number may be. Every door checks these rules, with or without pydantic."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable

from inventory.values import dataclass


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
# https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#StepFunctions-StartExecution-request-name
_EXECUTION_NAME = re.compile(
    r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U0010ffff]{1,80}"
)
# What needs no other name: it can be the name of an execution, a part of a path, and is no hash.
_PLAIN_NAME = re.compile(r"(?!k-)[A-Za-z0-9_-]{1,80}")
_HASHED_NAME = re.compile(r"k-[a-z2-7]{51}[aq]")  # the last of 52 digits carries one bit of 256
_NAME_OF_FIRST_EDITION = re.compile(r"k-[A-Za-z0-9_-]{0,78}")

# The Idempotency-Key of a call.
KEY = TextRule(lambda text: text if _KEY.fullmatch(text) else None, "must be 1 to 128 printable ASCII characters")
# What a call names an existing reservation by: its key, or the name of its execution.
RESERVATION_ID = TextRule(
    lambda text: text if _KEY.fullmatch(text) or _EXECUTION_NAME.fullmatch(text) else None,
    "must be 1 to 128 printable ASCII characters, or the name of an execution",
)
# A part of a path that is one of these means another path.
DOT_SEGMENTS = frozenset({".", ".."})


def name_of(reservation_id: str) -> str:
    """The name of a reservation's row and execution: its id, or the hash of an id that cannot be such a name.

    The name of a name is the name itself, so a call may give either.
    """
    if _PLAIN_NAME.fullmatch(reservation_id) or _HASHED_NAME.fullmatch(reservation_id):
        return reservation_id
    digest = hashlib.sha256(reservation_id.encode("utf-8", "surrogatepass")).digest()
    return "k-" + base64.b32encode(digest).decode().rstrip("=").lower()


def is_execution_name(text: str) -> bool:
    """Whether Step Functions takes this name of an execution."""
    return _EXECUTION_NAME.fullmatch(text) is not None


def was_name_in_first_edition(reservation_id: str) -> bool:
    """Whether an older row may be called like this id, although a row of today is not."""
    return _NAME_OF_FIRST_EDITION.fullmatch(reservation_id) is not None and name_of(reservation_id) != reservation_id


# --- keys that are built of several parts

SEPARATOR = "\u001f"  # no identifier contains it
KEY_BYTES_MAX = 1_024  # of a sort key, the shorter of the two parts of a key in DynamoDB


def joined(*parts: str) -> str:
    """One key of several parts that are not empty: other parts give another key. Only the last may be such a key itself.

    A key that would be too long for DynamoDB keeps its first part, and the hash of the others.
    """
    key = SEPARATOR.join(parts)
    if len(key.encode()) <= KEY_BYTES_MAX:
        return key
    others = SEPARATOR.join(parts[1:])
    return SEPARATOR.join((parts[0], "", hashlib.sha256(others.encode()).hexdigest()))


def of_our_own(*parts: str) -> str:
    """A key in the place of an identifier, which no identifier equals: it begins with the separator."""
    return joined("", *parts)
