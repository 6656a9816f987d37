"""The partitions of the indexes in which reservations are listed.

One partition of an index takes 1,000 write units a second, so a phase has several, and a reservation is in one of them by a
hash of its name. Every function reads all of them. With the parameter SpreadReservations "false" the functions write to the
plain partition only, as other tools do: functions of a version without this parameter read no other.
"""

from zlib import crc32

from inventory.model import Status

# HELD and PAID reservations are one phase, sorted by the end of their hold; each decided status is a phase of its own.
ACTIVE = "ACTIVE"
# The phase of the index by_pending_notification: a notification of these reservations must still be sent.
PENDING = "PENDING"

# A checkout writes two units to an active partition (it comes and goes), one to that of its decision, and two to that of a
# pending notification: so these numbers take 4,000 checkouts a second. No shop has so many payments that find nothing left:
# UNFULFILLED is one partition.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTS = {ACTIVE: 8, PENDING: 8, Status.COMMITTED: 4, Status.RELEASED: 4, Status.REJECTED: 4}
# OPEN-7 is as long as ACTIVE: the row of an ordinary checkout fills a write unit to the last byte.
NAMES = {ACTIVE: "OPEN"}


def phase_of(status: Status) -> str:
    """The phase of a reservation with this status."""
    return ACTIVE if status.is_active else status.value


def index_partition(phase: str, name: str, *, spread: bool) -> str:
    """The partition of a phase in which the reservation with this name is."""
    return _part(phase, crc32(name.encode()) % PARTS[phase]) if spread and phase in PARTS else phase


def index_partitions(phase: str) -> tuple[str, ...]:
    """All partitions of a phase, the plain one first."""
    return (phase, *(_part(phase, number) for number in range(PARTS.get(phase, 0))))


def _part(phase: str, number: int) -> str:
    return f"{NAMES.get(phase, phase)}-{number}"
