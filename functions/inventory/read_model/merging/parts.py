"""What a rebuild has read so far, in files, so that it takes no memory and survives a crash."""

import json
import secrets
import zlib
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge

from inventory.read_model.entries import Entry, Kind, LevelEntry
from inventory.read_model.files import Files
from inventory.read_model.search.rows import SearchRow, Segment, encode_segment, in_pieces, search_row

# Rows are sorted in each part. When parts are merged, one block of each is unpacked.
BLOCK_ROWS = 2_000
LENGTH_BYTES = 8


class PartMissing(Exception):
    """A file of the rebuild is gone: it begins again."""


class Parts:
    """The files of one rebuild: nobody but it reads them."""

    def __init__(self, files: Files, rebuild_id: str) -> None:
        self._files = files
        self._folder = folder_of(rebuild_id)

    def write(self, kind: Kind, entries: Sequence[Entry]) -> str:
        """Write what a slice has read; a name of its own keeps two runs apart that read the same slice."""
        return self.keep(kind.value, _packed(entries) if kind is Kind.LEVELS else _sorted(entries))

    def keep(self, step: str, content: bytes) -> str:
        """Write a file of its own for a step."""
        name = f"{step}-{secrets.token_hex(4)}"
        self._files.write(self._folder + name, content)
        return name

    def read(self, name: str) -> bytes:
        """A file.

        Raises:
            PartMissing: it is gone.
        """
        content = self._files.read(self._folder + name)
        if content is None:
            raise PartMissing(f"the file {self._folder}{name} is gone")
        return content

    def levels(self, names: Iterable[str]) -> Iterator[LevelEntry]:
        """The levels of all parts, in any order."""
        for name in names:
            for values in json.loads(zlib.decompress(self.read(name))):
                yield LevelEntry.from_list(values)

    def rows(self, kind: Kind, names: Iterable[str]) -> Iterator[SearchRow]:
        """The rows of all parts together, the newest first."""
        parts = [_rows_of(kind, self.read(name)) for name in names]
        return merge(*parts, key=lambda row: row.order, reverse=True)

    def delete(self) -> None:
        """Delete all of them."""
        self._files.delete(self._files.names(self._folder))


def folder_of(rebuild_id: str) -> str:
    """Where the files of a rebuild are."""
    return f"rebuilds/{rebuild_id}/"


def _packed(entries: Iterable[Entry]) -> bytes:
    content = json.dumps([entry.to_list() for entry in entries], separators=(",", ":"))
    return zlib.compress(content.encode(), 1)


def _sorted(entries: Iterable[Entry]) -> bytes:
    """Rows as blocks, each of which is a segment behind its length."""
    rows = sorted(map(search_row, entries), key=lambda row: row.order, reverse=True)
    blocks = map(encode_segment, in_pieces(rows, BLOCK_ROWS))
    return b"".join(len(block).to_bytes(LENGTH_BYTES, "little") + block for block in blocks)


def _rows_of(kind: Kind, content: bytes) -> Iterator[SearchRow]:
    position = 0
    while position < len(content):
        start = position + LENGTH_BYTES
        position = start + int.from_bytes(content[position:start], "little")
        yield from Segment(kind, content[start:position]).rows()
