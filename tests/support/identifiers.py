"""Identifiers as shops have them: 60 that every door must take and give back, and those that every door must refuse."""

from unicodedata import normalize

# Written with escapes where an editor might normalise or hide the characters.
IDENTIFIERS = (
    "P-1",
    "0",
    "4006381333931",
    "p-1",  # another product than P-1
    "P" * 128,
    "A/B",
    "A//B",
    "/",
    "/A/",
    "a\\b",
    "A B",
    "A  B",
    "SKU 12 / red",
    "A+B",
    "A%2FB",
    "A%20B",
    "%",
    "100%",
    "A&B=C",
    "A#B",
    "#1001",
    "A?B",
    "?",
    "=SUM(A1:A2)",
    "+49",
    "-1",
    "@home",
    "A=B",
    "A,B",
    ",",
    "A;B",
    "A:B",
    "O'Brien",
    "''",
    '5" pipe',
    '"',
    "(A)",
    "[A]{B}<C>",
    "A|B^C`D~E",
    "$HOME",
    "*",
    "!",
    "..",
    ".",
    "_",
    "None",
    "movements",
    "adjustments",
    "adjustment#K-1",
    "K#A#main",
    "M\u00fcller",  # NFC
    normalize("NFD", "A\u0308rger \u1e69"),  # normalised to NFC by every door
    "\ud55c\uae00 \u6771\u4eac \u0441\u043a\u043b\u0430\u0434",
    "\u0645\u0646\u062a\u062c",  # written from right to left
    "\uff30\uff11",  # full width
    "\U0001f6d2",
    "\U0001f6d2" * 128,  # 512 bytes, and 256 code units of a browser
    "\u2764\ufe0f",  # with a variation selector
    "A\u00a0B",  # a no-break space inside
    "x" * 127 + "\u00e9",
)

# Spaces around an identifier are refused too, except in files, which trim them.
WITH_SPACES_AROUND = (" A", "A ", "\u00a0A", "A\u3000")

REFUSED = (
    "",
    " ",
    "A\x00",
    "A\tB",
    "A\nB",
    "A\x1fB",
    "A\x7f",
    "A\u0085B",
    "A\u00ad",  # soft hyphen
    "A\u200bB",  # zero width space
    "A\u200dB",  # joiner
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family: joined emoji
    "A\u202eB",  # right-to-left override
    "\ufeffA",
    "A\u2028B",
    "A\u2029B",
    "A\ue000",  # private use
    "A\U0010fffd",
    "A\ufffe",  # noncharacters
    "A\ufdd0",
    "A\U0001fffe",
    "P" * 129,
    "e\u0301" * 129,
)


def as_stored(identifier: str) -> str:
    """An identifier as every answer gives it back."""
    return normalize("NFC", identifier)
