"""Our quick dataclasses behave as those of the standard library."""

import dataclasses
from dataclasses import FrozenInstanceError, field, replace
from typing import Any

import pytest

from inventory import values

KINDS: Any = [dataclasses.dataclass, values.dataclass]


def token(dataclass: Any) -> Any:
    """A class with a secret, and with a part that does not matter."""

    @dataclass(frozen=True, slots=True)
    class Token:
        """A token."""

        name: str
        secret: str = field(default="s3cret", repr=False)
        read_at: int = field(default=0, compare=False)

        @property
        def short(self) -> str:
            return self.name[:1]

    return Token


def one(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class One:
        """A single value."""

        value: Any

    return One


def nothing(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Nothing:
        """No value."""

    return Nothing


@pytest.mark.parametrize("dataclass", KINDS)
def test_values_are_equal_by_what_is_compared(dataclass: Any) -> None:
    Token, One, Nothing = token(dataclass), one(dataclass), nothing(dataclass)

    assert Token("a") == Token("a", read_at=1)
    assert hash(Token("a")) == hash(Token("a", read_at=1))
    assert Token("a") != Token("a", "other") and Token("a") != One("a")
    assert One(1) == One(1) and One(1) != One(2) and One((1,)) != 1
    assert Nothing() == Nothing() and len({Nothing(), Nothing(), One(1), One(1)}) == 2


@pytest.mark.parametrize("dataclass", KINDS)
def test_a_value_never_shows_its_secret(dataclass: Any) -> None:
    assert repr(token(dataclass)("a")).endswith("Token(name='a', read_at=0)")
    assert repr(nothing(dataclass)()).endswith("Nothing()")


@pytest.mark.parametrize("dataclass", KINDS)
def test_a_value_never_changes(dataclass: Any) -> None:
    value = token(dataclass)("a")

    with pytest.raises(FrozenInstanceError):
        value.name = "b"
    with pytest.raises(FrozenInstanceError):
        del value.name
    assert not hasattr(value, "__dict__")
    assert (value.short, replace(value, name="b").name) == ("a", "b")
    assert dataclasses.asdict(value) == {"name": "a", "secret": "s3cret", "read_at": 0}


@pytest.mark.parametrize("dataclass", KINDS)
def test_a_class_may_say_itself_how_it_is_shown(dataclass: Any) -> None:
    @dataclass(frozen=True, slots=True)
    class Shown:
        """A value with a text."""

        value: int

        def __repr__(self) -> str:
            return "shown"

    assert repr(Shown(1)) == "shown"
