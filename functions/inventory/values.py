"""Dataclasses that are quick to define: `@dataclass(frozen=True, slots=True)` at half of its cost.

The standard library generates six methods of each class as source code and compiles them, at every cold start. Three of
them, `__repr__`, `__eq__` and `__hash__`, are the same for all classes when they ask for the fields. For type checkers it is
the dataclass of the standard library.
"""

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, order: bool = False) -> Any:
        """A class decorator; values are equal if they are of one class and their fields are equal."""

        def define(kind: type) -> type:
            made = dataclasses.dataclass(repr=False, eq=order, order=order, frozen=frozen, slots=slots)(kind)
            own = {*vars(kind), *(("__eq__", "__hash__") if order else ())}
            fields = dataclasses.fields(made)
            compared = [field.name for field in fields if field.compare]
            content = attrgetter(*compared) if compared else lambda value: ()
            visible = [field.name for field in fields if field.repr]

            def is_equal(self: Any, other: object) -> Any:
                return content(self) == content(other) if type(other) is type(self) else NotImplemented

            def hashed(self: Any) -> int:
                return hash(content(self))

            def shown(self: Any) -> str:
                text = ", ".join(f"{name}={getattr(self, name)!r}" for name in visible)
                return f"{type(self).__qualname__}({text})"

            for name, method in (("__eq__", is_equal), ("__hash__", hashed), ("__repr__", shown)):
                if name not in own:
                    setattr(made, name, method)
            return made

        return define
