"""The figures of the read model as they are read: what a snapshot counted, and the journal of what changed since."""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from inventory.errors import TransientError
from inventory.items import UNREADABLE
from inventory.observability import logger
from inventory.read_model.entries import Change
from inventory.read_model.figures.attention import AttentionPage, Position, needing_attention
from inventory.read_model.figures.counted import Counted
from inventory.read_model.figures.lost_demand import LostDemand, RefusedUnits
from inventory.read_model.figures.sales import Columns
from inventory.read_model.figures.update import FIGURES, LOST_DEMAND, SALES
from inventory.read_model.files import Files
from inventory.read_model.merging.contents import snapshot_file

Decoded = TypeVar("Decoded")


class FigureReader:
    """Reads the files of figures. A container keeps what it has read until there is another snapshot."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = Lock()
        self._kept: dict[str, tuple[str, Any]] = {}  # by the file's name: the snapshot, and what the file contains

    def counted(self, snapshot: str, reservations: list[Change[Any]], refunds: list[Change[Any]]) -> Counted | None:
        """Decisions, active reservations and open refunds, with these changes; None if they cannot be read."""
        counted = self._read(snapshot, FIGURES, Counted.decode)
        if counted is None:
            return None
        return counted.after({change.key[0]: change.entry for change in reservations}, _by_key(refunds))

    def attention(
        self, snapshot: str, levels: list[Change[Any]], now: datetime, start: Position | None, limit: int
    ) -> AttentionPage | None:
        """A page of the levels that need attention, with these changes; None if they cannot be read."""
        sold = self._read(snapshot, SALES, Columns.decode)
        return needing_attention(sold, _by_key(levels), now, start, limit) if sold else None

    def lost_demand(self, snapshot: str, reservations: list[Change[Any]], now: datetime) -> LostDemand | None:
        """What was refused within a day, with these changes; None if it cannot be read."""
        refused = self._read(snapshot, LOST_DEMAND, RefusedUnits.decode)
        return refused.with_changes((change.entry for change in reservations), now).shown(now) if refused else None

    def _read(self, snapshot: str, name: str, decode: Callable[[bytes], Decoded]) -> Decoded | None:
        with self._lock:
            kept_of, kept = self._kept.get(name, (None, None))
            if kept_of == snapshot:
                return kept
        try:
            content = self._files.read(snapshot_file(snapshot, name))
            decoded = None if content is None else decode(content)
        except (ClientError, TransientError, *UNREADABLE) as error:
            logger.error("a file of the read model cannot be read", snapshot=snapshot, file=name, reason=repr(error))
            return None
        if decoded is not None:
            with self._lock:
                self._kept[name] = snapshot, decoded
        return decoded


def _by_key(changes: list[Change[Any]]) -> Mapping[Any, Any]:
    return {change.key: change.entry for change in changes}
