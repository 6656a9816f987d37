"""Columns as the bytes of files: numbers, texts, and codes of texts that many rows share."""

import json
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import field

from inventory.read_model.levels.masks import Mask, any_of
from inventory.values import dataclass

# Level 1 is three times as fast as the default, and its files are a tenth larger.
COMPRESSION_LEVEL = 1

# Types of whole numbers, the narrowest first, with the bits of each.
SIGNED = (("b", 7), ("h", 15), ("i", 31), ("q", 63))
ROWS = "I"  # numbers of rows
# Numbers of another tool may have 38 digits, and texts of it any character.
AS_JSON = b"J"
AS_LINES = b"L"
CODE_BYTES = 4  # of the number of a text, before its highest bytes are left out


def compress(content: bytes) -> bytes:
    """A file's content."""
    return zlib.compress(content, COMPRESSION_LEVEL)


# --- numbers


def pack_numbers(values: Sequence[int]) -> bytes:
    """Whole numbers of any size."""
    smallest, largest = min(values, default=0), max(values, default=0)
    for kind, bits in SIGNED:
        if -(1 << bits) <= smallest and largest < 1 << bits:
            return kind.encode() + _little_endian(array(kind, values)).tobytes()
    return AS_JSON + json.dumps(list(values)).encode()


def pack_rows(rows: Sequence[int]) -> bytes:
    """Numbers of rows."""
    return ROWS.encode() + _little_endian(array(ROWS, rows)).tobytes()


def unpack_numbers(content: bytes) -> Sequence[int]:
    """The inverse of both."""
    kind, packed = content[:1], memoryview(content)[1:]
    if kind == AS_JSON:
        numbers: list[int] = json.loads(bytes(packed))
        return numbers
    values = array(kind.decode())
    values.frombytes(packed)
    return _little_endian(values)


def _little_endian(values: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        values.byteswap()
    return values


# --- texts


def pack_texts(texts: Sequence[str]) -> bytes:
    """Texts, one on each line unless one of them has lines of its own."""
    joined = "\n".join(texts)
    if texts and joined.count("\n") == len(texts) - 1:
        return AS_LINES + joined.encode(errors="surrogatepass")
    return AS_JSON + json.dumps(list(texts)).encode()


def unpack_texts(content: bytes) -> list[str]:
    """The inverse."""
    if content[:1] == AS_JSON:
        texts: list[str] = json.loads(content[1:])
        return texts
    if content[:1] != AS_LINES:
        raise ValueError("these are no texts")
    return content[1:].decode(errors="surrogatepass").split("\n")


# --- codes


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of texts that many rows share: each text once, and for each row the number of its text.

    The numbers are kept in planes, all lowest bytes first, so that rows with one text are found by comparing bytes.
    """

    texts: Sequence[str]
    counts: Sequence[int]  # of the rows with each text
    planes: Sequence[bytes] = field(repr=False)

    def __getitem__(self, row: int) -> str:
        return self.texts[sum(plane[row] << 8 * place for place, plane in enumerate(self.planes))]

    def rows_with(self, text: str) -> Mask | None:
        """The rows with a text; None if there are none."""
        if text not in self.texts:
            return None
        code = self.texts.index(text)
        return Mask.all_of(any_of(plane, {code >> 8 * place & 0xFF}) for place, plane in enumerate(self.planes))

    def listed(self) -> list[str]:
        """The text of each row."""
        codes = bytearray(CODE_BYTES * sum(self.counts))
        for place, plane in enumerate(self.planes):
            codes[place::CODE_BYTES] = plane
        return [self.texts[code] for code in _little_endian(array("I", bytes(codes)))]


def pack_codes(texts: Sequence[str]) -> bytes:
    """Texts that many rows share."""
    counts = Counter(texts)
    numbers = {text: number for number, text in enumerate(counts)}
    codes = _little_endian(array("I", map(numbers.__getitem__, texts))).tobytes()
    used = max(1, (len(numbers) - 1).bit_length() + 7 >> 3)
    header = json.dumps([list(counts), list(counts.values())]).encode()
    return header + b"\n" + b"".join(codes[place::CODE_BYTES] for place in range(used))


def unpack_codes(content: bytes) -> Codes:
    """The inverse."""
    header, _, planes = content.partition(b"\n")
    texts, counts = json.loads(header)
    size = sum(counts)
    return Codes(texts, counts, [planes[start : start + size] for start in range(0, len(planes), size or 1)])
