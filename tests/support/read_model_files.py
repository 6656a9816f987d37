"""The files of the read model in memory, whose calls can be stopped and preceded by what others do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from inventory.read_model.files import Files

# Makes a call, given what it is and how it is made.
Around = Callable[[str, Callable[[], Any]], Any]


class MemoryFiles(Files):
    """A bucket in memory."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.stored: dict[str, bytes] = {}
        self.around: Around = lambda call, make: make()
        self._written_at: dict[str, datetime] = {}
        self._clock = clock

    def read(self, name: str) -> bytes | None:
        return self.around(f"read {name}", lambda: self.stored.get(name))  # type: ignore[no-any-return]

    def write(self, name: str, content: bytes) -> None:
        def put() -> None:
            self.stored[name], self._written_at[name] = content, self._clock()

        self.around(f"write {name}", put)

    def names(self, prefix: str = "") -> list[str]:
        return self.around(f"list {prefix}", lambda: self._listed(prefix))  # type: ignore[no-any-return]

    def names_before(self, moment: datetime, prefix: str = "") -> list[str]:
        return [name for name in self.names(prefix) if self._written_at[name] < moment]

    def delete(self, names: Sequence[str]) -> None:
        def remove() -> None:
            for name in names:
                self.stored.pop(name, None)

        self.around(f"delete {len(names)}", remove)

    def _listed(self, prefix: str) -> list[str]:
        return sorted(name for name in self.stored if name.startswith(prefix))
