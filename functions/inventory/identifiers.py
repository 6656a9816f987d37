"""What an identifier may be. Every door checks the same rules, with or without pydantic."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRule:
    """A pattern that a text must match as a whole, and the sentence for a caller whose text does not."""

    pattern: re.Pattern[str]
    message: str

    def allows(self, text: str) -> bool:
        return self.pattern.fullmatch(text) is not None


# Products and warehouses.
IDENTIFIER = TextRule(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"),
    "must be 1 to 64 letters, digits, '.', '_', ':' and '-', the first a letter or a digit",
)
# A reservation's id is also its execution's name.
RESERVATION_ID = TextRule(re.compile(r"[A-Za-z0-9_-]{1,80}"), "must be 1 to 80 of A-Z, a-z, 0-9, - and _")
# Ids of other systems: printable ASCII without spaces around it, so that log lines and subjects stay one line.
REFERENCE = TextRule(
    re.compile(r"[!-~]([ -~]{0,126}[!-~])?"), "must be 1 to 128 printable ASCII characters, without spaces around them"
)
# Names, categories and reasons.
TEXT = TextRule(re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}"), "must be 1 to 200 characters on one line")
