"""Times as cells of five minutes and as days: what is counted is kept for each."""

from datetime import UTC, datetime, timedelta

CELL_SECONDS = 300
CELLS_AN_HOUR = 3600 // CELL_SECONDS
# What the last 24 hours can reach into: the cells of 24 hours, and those of the current one.
CELLS_KEPT = 25 * CELLS_AN_HOUR
# A clock that is further ahead is wrong: what it wrote is not counted before its time has come.
AHEAD_MAX = timedelta(minutes=10)


def moment_of(text: str) -> datetime:
    """A time that was written as text.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def cell_of(moment: datetime) -> int:
    """The number of the five minutes in which a moment is."""
    return int(moment.timestamp()) // CELL_SECONDS


def beginning_of(cell: int) -> datetime:
    """When a cell begins."""
    return datetime.fromtimestamp(cell * CELL_SECONDS, UTC)


def first_cell_kept(now: datetime) -> int:
    """The earliest cell that may still be asked for."""
    return cell_of(now) - CELLS_KEPT + 1


def day_of(moment: datetime) -> int:
    """The number of a day, in UTC."""
    return moment.astimezone(UTC).toordinal()


def milliseconds(moment: datetime) -> int:
    """A moment as a whole number."""
    return round(moment.timestamp() * 1000)


def moment_at(milliseconds: int) -> datetime:
    """The inverse of `milliseconds`."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
