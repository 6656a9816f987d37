"""Texts as a search compares them: without accents, case and compatibility forms, and split into words.

What is stored and what is searched for are folded by the same rules, so they need not be those of any language: `Größe`,
`GROSSE` and `grosse` are equal.
"""

import unicodedata

# Letters that Unicode does not decompose, after case folding.
LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ĸ": "k",
    "ƀ": "b",
    "ɨ": "i",
    "ʉ": "u",
}
# Blocks of accents: https://www.unicode.org/charts/#symbols, "Combining Diacritical Marks". The marks of a script, such as
# vowels of Devanagari or the voicing of Japanese, make other words and stay.
ACCENTS = (
    range(0x0300, 0x0370),
    range(0x1AB0, 0x1B00),
    range(0x1DC0, 0x1E00),
    range(0x20D0, 0x2100),
    range(0xFE20, 0xFE30),
)


class _Folded(dict[int, str | None]):
    """What a character becomes in a folded text, each computed when it is first met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = folded = _folded(chr(code))
        return folded


class _Words(dict[int, str]):
    """What a character of a folded text is in its words: itself, or a space in place of a sign."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = word = character if unicodedata.category(character)[0] in "LMN" else " "
        return word


_FOLDED = _Folded()
_WORDS = _Words()


def fold(text: str) -> str:
    """A text without accents and case; it has no control characters, so it fits on a line. Folded again, it stays."""
    if text.isascii():  # most texts, so this is quick
        lower = text.lower()
        return lower if lower.isprintable() else lower.translate(_FOLDED)
    compatible = unicodedata.normalize("NFKD", text).casefold()
    # Case folding may compose letters, and what is removed may have stood between marks that Unicode sorts.
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", compatible).translate(_FOLDED))


def words(text: str) -> list[str]:
    """The folded words of a text: what is between its spaces and signs."""
    return fold(text).translate(_WORDS).split()


def _folded(character: str) -> str | None:
    """A character after folding; None if it is left out: accents, and what has no width."""
    if character in LETTERS:
        return LETTERS[character]
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    is_accent = category == "Mn" and any(ord(character) in block for block in ACCENTS)
    return None if is_accent or category == "Cf" else character
