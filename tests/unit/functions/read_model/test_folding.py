"""Texts are compared without accents, case and compatibility forms."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.read_model.folding import fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crème Brûlée", "creme brulee"),
        ("GRÖSSE", "grosse"),
        ("Größe", "grosse"),
        ("GRÖẞE", "grosse"),
        ("Smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("Æble", "aeble"),
        ("Œuvre", "oeuvre"),
        ("Đà Nẵng", "da nang"),
        ("Ｔ－Ｓｈｉｒｔ　１２", "t-shirt 12"),
        ("İstanbul IĞDIR ığdır", "istanbul igdir igdir"),
        ("ΟΔΟΣ", "οδοσ"),
        ("Οδός", "οδοσ"),
        ("Hand\u00adschuh", "handschuh"),
        ("Ⅳ ½ ﬁne", "iv 1⁄2 fine"),
        ("line\nline\u2028line", "line line line"),
        ("がか", normalize("NFKD", "がか")),
        ("हिन्दी", "हिन्दी"),
        ("日本", "日本"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rot/Blau, Größe 42", ["rot", "blau", "grosse", "42"]),
        ("T-Shirt_XL", ["t", "shirt", "xl"]),
        ("  ", []),
        ("--", []),
        ("हिन्दी किताब", ["हिन्दी", "किताब"]),
        ("½", ["1", "2"]),
    ],
)
def test_words_are_what_is_between_spaces_and_signs(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_a_folded_text_stays_when_it_is_folded_again(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_both_normal_forms_of_a_text_are_folded_to_the_same(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text)) == fold(text)
    assert fold(normalize("NFKC", text)) == fold(text)


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@given(st.text())
def test_a_folded_text_has_one_line(text: str) -> None:
    assert fold(text).splitlines() in ([], [fold(text)])


@given(st.text())
def test_words_are_folded_parts_of_the_text(text: str) -> None:
    assert all(word in fold(text) for word in words(text))
    assert words(fold(text)) == words(text)
