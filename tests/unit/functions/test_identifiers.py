"""Identifiers and the keys that are built of them: what is printable, and that no two things share a key."""

import base64
from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.admin.pagination import CURSOR_LENGTH_MAX, read_cursor, write_cursor
from inventory.identifiers import (
    IDENTIFIER,
    IDENTIFIER_LENGTH_MAX,
    KEY_BYTES_MAX,
    SEPARATOR,
    TEXT,
    joined,
    name_of,
    of_our_own,
)
from inventory.model import Line, Reservation, Status, movements_of_sale
from inventory.read_model.levels.order import CHARACTERS_COMPARED
from inventory.stock.low_stock_alerts import Claimant
from tests.support.identifiers import IDENTIFIERS, REFUSED, WITH_SPACES_AROUND, as_stored

NOW = datetime(2026, 11, 22, tzinfo=UTC)

identifiers = st.one_of(
    st.sampled_from([as_stored(text) for text in IDENTIFIERS]),
    st.text(min_size=1, max_size=12).filter(lambda text: IDENTIFIER.read(text) == text),
    st.text(alphabet="#/ -.:k\u0308", min_size=1, max_size=4).filter(lambda text: IDENTIFIER.read(text) == text),
)
keys = st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=128)


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_an_identifier_is_read_as_it_is_stored(text: str) -> None:
    assert IDENTIFIER.read(text) == as_stored(text)
    assert IDENTIFIER.read(normalize("NFD", text)) == as_stored(text)


@pytest.mark.parametrize("text", [*REFUSED, *WITH_SPACES_AROUND])
def test_what_is_not_printable_is_no_identifier(text: str) -> None:
    assert IDENTIFIER.read(text) is None


@pytest.mark.parametrize("text", [text for text in REFUSED if 1 <= len(text.strip()) < 100])
def test_what_is_not_printable_is_no_name(text: str) -> None:
    assert TEXT.read(f"Tea {text} Kettle") is None


def test_a_character_that_this_version_of_unicode_does_not_know_is_printable() -> None:
    assert IDENTIFIER.read("\U0001faff") == "\U0001faff"


def test_a_long_row_of_combining_marks_is_refused_at_once() -> None:
    assert IDENTIFIER.read("a\u0301\u0323" * 1_000_000) is None


@given(st.one_of(keys, identifiers, st.text(max_size=100)))
def test_the_name_of_a_reservation_can_be_the_name_of_an_execution(reservation_id: str) -> None:
    name = name_of(reservation_id)

    assert 1 <= len(name) <= 80
    assert name.replace("-", "").replace("_", "").isalnum() or set(name) <= set("-_")
    assert name.isascii()
    assert name_of(name) == name


@given(keys, keys)
def test_two_reservations_have_two_names(one: str, other: str) -> None:
    assert (name_of(one) == name_of(other)) == (one == other)


@pytest.mark.parametrize(
    ("reservation_id", "name"),
    [
        ("order-1001", "order-1001"),
        ("_" * 80, "_" * 80),
        ("#1001", "k-rvlqwhmpoqzpuqrm4cde3jp4xzw6vpkp4yk5myfphhx2o7fcomwq"),
        ("SO.1001", "k-tcdephi2ctxqn5obscptxykkxkff7qqyffhecjozsoofy6rwxp5q"),
    ],
)
def test_a_name_never_changes(reservation_id: str, name: str) -> None:
    assert name_of(reservation_id) == name


@pytest.mark.parametrize("reservation_id", ["k-1", "k-", "_" * 81, "a b", "\u00fc", ".", "k-" + "a" * 51 + "b"])
def test_what_is_not_plain_is_hashed(reservation_id: str) -> None:
    name = name_of(reservation_id)

    assert name != reservation_id
    assert (name[:2], len(name)) == ("k-", 54)


parts = st.lists(identifiers, min_size=1, max_size=4)


@given(parts, parts)
def test_two_keys_of_other_parts_differ(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)
    assert (of_our_own(*one) == of_our_own(*other)) == (one == other)


@given(st.lists(st.sampled_from(["\U0001f6d2" * 128, "a", "sha256"]), min_size=1, max_size=5))
def test_a_key_fits_into_dynamodb(ids: list[str]) -> None:
    assert len(joined(*ids).encode()) <= KEY_BYTES_MAX
    assert joined(*ids, "x") != joined(*ids, "y")


@given(parts, identifiers)
def test_a_key_of_our_own_is_no_identifier(ids: list[str], identifier: str) -> None:
    assert of_our_own(*ids).startswith(SEPARATOR)
    assert IDENTIFIER.read(of_our_own(*ids)) is None


@given(keys, keys, identifiers, identifiers)
def test_each_movement_has_an_id_of_its_own(one: str, other: str, warehouse: str, another: str) -> None:
    ids = {(key, at): _movement_id_of_sale(key, at) for key in (one, other) for at in (warehouse, another)}

    assert len(set(ids.values())) == len(set(ids))


@given(keys, identifiers)
def test_a_claimant_is_read_as_it_was_written(reservation_id: str, warehouse: str) -> None:
    claims = [
        Claimant.sale(reservation_id),
        Claimant("movement_id", _movement_id_of_sale(reservation_id, warehouse)),
        Claimant("movement_id", None),
    ]
    for claim in [*claims, *(claim.with_unique_token() for claim in claims)]:
        assert Claimant.parse(str(claim)) == claim


def test_a_claimant_whose_cause_has_several_parts_is_read_with_all_of_them() -> None:
    assert Claimant.parse("movement_id\x1f77aa\x1fat noon\x1fR-1\x1fmain") == Claimant(
        "movement_id", "at noon\x1fR-1\x1fmain", "77aa"
    )


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("reservation_id#R-1", Claimant("reservation_id", "R-1")),
        ("reservation_id#R-1 4f1c", Claimant("reservation_id", "R-1", "4f1c")),
        (
            "movement_id#2026-11-22T10:15:00.000Z#4f1c#main 77aa",
            Claimant("movement_id", "2026-11-22T10:15:00.000Z#4f1c#main", "77aa"),
        ),
        ("movement_id# 77aa", Claimant("movement_id", None, "77aa")),
    ],
)
def test_a_claimant_of_the_first_edition_is_read(text: str, claimant: Claimant) -> None:
    assert Claimant.parse(text) == claimant


def _movement_id_of_sale(reservation_id: str, warehouse_id: str) -> str:
    line = Line("P-1", warehouse_id, 1)
    reservation = Reservation(reservation_id, Status.PAID, (line,), 900, "2026-11-22T10:15:00.000Z")
    [movement] = movements_of_sale(reservation, NOW)
    return movement.movement_id


@given(identifiers, identifiers, st.sampled_from(["2026-11-22T10:15:00.000Z", "-"]))
def test_a_list_continues_behind_every_identifier(product_id: str, warehouse_id: str, at: str) -> None:
    for position in (
        (product_id, warehouse_id),
        (f"name desc {product_id}", product_id, warehouse_id),
        (at, name_of(at)),
    ):
        assert read_cursor(write_cursor(position), parts=len(position)) == position


def test_the_cursor_of_the_longest_texts_is_not_too_long() -> None:
    longest = "\U0001f6d2" * IDENTIFIER_LENGTH_MAX
    position = ("low_stock_threshold desc " + "\U0001f6d2" * CHARACTERS_COMPARED, longest, longest)

    cursor = write_cursor(position)

    assert len(str(cursor)) <= CURSOR_LENGTH_MAX
    assert read_cursor(cursor, parts=3) == position


def test_a_cursor_of_the_first_edition_is_read() -> None:
    cursor = base64.urlsafe_b64encode(b'["M\\u00fcller","main"]').decode().rstrip("=")

    assert read_cursor(cursor, parts=2) == ("M\u00fcller", "main")
