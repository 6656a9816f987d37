"""The files of the read model in memory, whose calls can be refused, stopped, and preceded by what others do."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from inventory.read_model.files import Files

Meanwhile = Callable[[str, str], object]  # gets the call, and the file or the folder
# Makes a call, given what it is and how it is made.
Around = Callable[[str, Callable[[], Any]], Any]


class MemoryFiles(Files):
    """A bucket in memory."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stored: dict[str, bytes] = {}
        self.written_at: dict[str, datetime] = {}
        self.meanwhile: Meanwhile | None = None  # runs before each call, but not before its own calls
        self.around: Around = lambda call, make: make()
        self.clock = clock

    def read(self, name: str) -> bytes | None:
        return self._call("read", name, lambda: self.stored.get(name))  # type: ignore[no-any-return]

    def write(self, name: str, content: bytes) -> None:
        def put() -> None:
            self.stored[name], self.written_at[name] = content, self.clock()

        self._call("write", name, put)

    def delete(self, names: Sequence[str]) -> None:
        def remove() -> None:
            for name in names:
                self.stored.pop(name, None)

        self._call("delete", str(len(names)), remove)

    def _listed(self, prefix: str) -> Iterator[Any]:
        def listed() -> list[dict[str, Any]]:
            names = sorted(name for name in list(self.stored) if name.startswith(prefix))
            return [{"Key": name, "LastModified": self.written_at.get(name)} for name in names]

        yield from self._call("list", prefix, listed)

    def _call(self, call: str, name: str, make: Callable[[], Any]) -> Any:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            try:
                meanwhile(call, name)
            finally:
                self.meanwhile = meanwhile
        return self.around(f"{call} {name}", make)
