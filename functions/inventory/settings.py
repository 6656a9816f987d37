"""The only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


class MissingSetting(Exception):
    """An environment variable that the functions need is missing or not of its kind."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What template.yaml gives every function; each field is read from the variable of the same name in capitals."""

    inventory_table_name: str
    reservations_table_name: str
    movements_table_name: str
    low_stock_topic_arn: str
    operations_topic_arn: str
    longest_hold_seconds: int
    reservation_retention_days: int

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read every setting at once.

        Raises:
            MissingSetting: names every variable that is missing, empty or not a whole number where one is needed.
        """
        values: dict[str, str | int] = {}
        wrong: list[str] = []
        for field in fields(cls):
            name = field.name.upper()
            text = environment.get(name, "")
            if not text or (field.type is int and not text.isdecimal()):
                wrong.append(f"{name}={text!r}" if text else name)
            else:
                values[field.name] = int(text) if field.type is int else text
        if wrong:
            raise MissingSetting(f"missing or not valid in the environment: {', '.join(wrong)}")
        return cls(**values)  # type: ignore[arg-type]  # each value was made of its field's type above
