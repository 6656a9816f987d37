"""How a caller asks for an import: in a query, or in the JSON that asks for an upload."""

from typing import Literal

from inventory.imports.report import Mode, Rules
from inventory.validation import Flag, Identifier, Request, Text


class ImportQuery(Request):
    """How to apply a file: in a query, or in the JSON that asks for an upload."""

    mode: Mode = Mode.ALL_OR_NONE
    create: Flag = True
    confirm: Literal["zeros"] | None = None
    reason: Text | None = None
    reference: Identifier | None = None

    @property
    def rules(self) -> Rules:
        return Rules(self.mode, self.create, self.confirm == "zeros", self.reason, self.reference)


class UploadContent(ImportQuery):
    """The wish for a URL to which a file is sent."""

    upload: Literal[True]
