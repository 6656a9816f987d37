"""A phase of reservations has several partitions in an index, and each reservation is in one of them."""

import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from inventory.index_partitions import ACTIVE, PARTS, PENDING, index_partition, index_partitions, phase_of
from inventory.model import Status

NAMES = 4_000
SEEDED = random.Random(1)

NAMED: dict[str, Callable[[int], str]] = {
    "UUIDs": lambda _: str(UUID(int=SEEDED.getrandbits(128), version=4)),
    "numbers": str,
    "numbers with zeros": lambda number: f"{number:012}",
    "numbers with a date": lambda number: f"2026-11-26-{number}",
    "hashes": lambda _: f"k-{SEEDED.getrandbits(128):032x}",
}


@pytest.mark.parametrize("phase", PARTS)
@pytest.mark.parametrize("kind", NAMED)
def test_names_of_every_kind_are_spread_evenly(kind: str, phase: str) -> None:
    used = Counter(index_partition(phase, NAMED[kind](number), spread=True) for number in range(NAMES))

    assert set(used) == set(index_partitions(phase)) - {phase}
    assert max(used.values()) < 1.25 * NAMES / PARTS[phase]


def test_a_reservation_is_always_in_the_same_partition_of_a_phase() -> None:
    assert index_partition(ACTIVE, "R-1", spread=True) == "OPEN-1"
    assert index_partition(Status.COMMITTED, "R-1", spread=True) == "COMMITTED-1"
    assert index_partition(PENDING, "é", spread=True) == "PENDING-6"


@pytest.mark.parametrize("phase", [ACTIVE, PENDING, *(status for status in Status if not status.is_active)])
def test_every_partition_that_is_written_is_read(phase: str) -> None:
    written = {index_partition(phase, str(number), spread=spread) for number in range(200) for spread in (True, False)}

    assert written == set(index_partitions(phase))


def test_what_is_not_spread_is_in_the_partition_of_the_version_before() -> None:
    statuses = {status: index_partition(phase_of(status), "R-1", spread=False) for status in Status}

    assert statuses == {status: "ACTIVE" if status in ("HELD", "PAID") else status.value for status in Status}


def test_no_partition_belongs_to_two_phases() -> None:
    phases = [ACTIVE, PENDING, *(status for status in Status if not status.is_active)]
    partitions = [partition for phase in phases for partition in index_partitions(phase)]

    assert len(partitions) == len(set(partitions))
