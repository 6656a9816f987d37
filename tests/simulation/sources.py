"""The sources of the component as the simulation loads them, in which one seeded bug may be."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.support.template.source import ROOT


@dataclass(frozen=True)
class Bug:
    """A small mutation of the component: in one file, one text is replaced by another."""

    name: str
    file: str  # below the project's folder
    text: str
    becomes: str

    def applied(self) -> str:
        """The file with the bug in it."""
        source = (ROOT / self.file).read_text()
        if source.count(self.text) != 1:
            raise ValueError(f"the bug {self.name!r} does not fit into {self.file} any more")
        return source.replace(self.text, self.becomes)


class Sources:
    """What is loaded in this process."""

    bug: Bug | None = None

    @classmethod
    def seed(cls, bug: Bug) -> None:
        """Put a bug into the sources, before the first of their modules is imported."""
        assert not any(name.partition(".")[0] == "inventory" for name in sys.modules), "too late"
        cls.bug = bug
        sys.meta_path.insert(0, _Finder(bug))

    @classmethod
    def text(cls, file: str) -> str:
        """The content of a file that is not a module."""
        return cls.bug.applied() if cls.bug and cls.bug.file == file else (ROOT / file).read_text()


class _Finder(MetaPathFinder):
    """Finds the module with the bug, and leaves all others to the usual finders."""

    def __init__(self, bug: Bug) -> None:
        self._bug = bug

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target)
        if spec and spec.origin and Path(spec.origin) == ROOT / self._bug.file:
            spec.loader = _Loader(fullname, spec.origin, self._bug)
        return spec


class _Loader(SourceFileLoader):
    """Loads the module with the bug, without its compiled file."""

    def __init__(self, fullname: str, path: str, bug: Bug) -> None:
        super().__init__(fullname, path)
        self._bug = bug

    def path_stats(self, path: Any) -> Any:
        raise OSError("not compiled")

    def get_data(self, path: Any) -> bytes:
        return self._bug.applied().encode()
