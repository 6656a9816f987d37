"""The files of the read model in memory, whose calls can be refused and preceded by what others do."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from inventory.read_model.files import Files

Meanwhile = Callable[[str, str], object]  # gets the call, and the file or the folder


class MemoryFiles(Files):
    """A bucket in memory."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stored: dict[str, bytes] = {}
        self.written_at: dict[str, datetime] = {}
        self.meanwhile: Meanwhile | None = None  # runs before each call, but not before its own calls
        self.clock = clock

    def read(self, name: str) -> bytes | None:
        self._before("read", name)
        return self.stored.get(name)

    def write(self, name: str, content: bytes) -> None:
        self._before("write", name)
        self.stored[name], self.written_at[name] = content, self.clock()

    def names(self, prefix: str = "") -> list[str]:
        self._before("names", prefix)
        return sorted(name for name in self.stored if name.startswith(prefix))

    def names_before(self, moment: datetime, prefix: str = "") -> list[str]:
        self._before("names", prefix)
        return sorted(name for name in self.stored if name.startswith(prefix) and self.written_at[name] < moment)

    def delete(self, names: Sequence[str]) -> None:
        self._before("delete", names[0] if names else "")
        for name in names:
            self.stored.pop(name, None)

    def _before(self, call: str, name: str) -> None:
        if self.meanwhile:
            meanwhile, self.meanwhile = self.meanwhile, None
            try:
                meanwhile(call, name)
            finally:
                self.meanwhile = meanwhile
