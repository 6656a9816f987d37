"""Virtual times as texts."""

from datetime import UTC, datetime

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()  # of every world


def iso_at(seconds: float) -> str:
    """A virtual time as AWS writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
