"""The content of a file: a header, and columns of numbers, which are read without a step for each number.

Names are kept as hashes of 64 bits: a set of a hundred thousand is small, and hardly ever takes two names for one.
"""

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from inventory.identifiers import SEPARATOR

FAST = 1  # the columns of numbers are mostly hashes and small counts: a higher level takes longer for little

U32_MAX = 2**32 - 1
I64_MAX = 2**63 - 1


class Unpacked(NamedTuple):
    """What a file contains."""

    header: dict[str, Any]
    columns: list["array[int]"]


def pack(header: Mapping[str, Any], columns: Iterable["array[int]"]) -> bytes:
    """A file of a header, which is JSON, and of columns."""
    written = list(columns)
    kinds = [[column.typecode, len(column)] for column in written]
    first = json.dumps({"columns": kinds, "header": header}, separators=(",", ":")).encode()
    parts = [len(first).to_bytes(8, "little"), first, *map(_little_endian, written)]
    return zlib.compress(b"".join(parts), FAST)


def unpack(content: bytes) -> Unpacked:
    """The inverse of `pack`. What is no such file raises an error of items.UNREADABLE."""
    try:
        plain = memoryview(zlib.decompress(content))
    except zlib.error as error:
        raise ValueError("the content is not compressed") from error
    length = int.from_bytes(plain[:8], "little")
    first = json.loads(bytes(plain[8 : 8 + length]))
    at = 8 + length
    columns = []
    for typecode, number in first["columns"]:
        column = array(typecode)
        size = number * column.itemsize
        column.frombytes(plain[at : at + size])
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
        at += size
    return Unpacked(first["header"], columns)


def _little_endian(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()


def hash_of(*parts: str) -> int:
    """The number of a name, or of one of several parts."""
    content = SEPARATOR.join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")
