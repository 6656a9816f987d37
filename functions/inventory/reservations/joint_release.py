"""Several holds end in one transaction, in which each level and each customer is written once with the sums of all.

Each reservation's own condition decides, as if it was released alone. A hold whose condition failed, or whose level or
customer refused the write, is left out, and the others are tried again without it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from inventory.aws.dynamodb import TRANSACTION_ACTIONS_MAX, FailedCondition, Tables, transact
from inventory.aws.retries import ENDS_HOLDS
from inventory.model import Holding, LevelKey, Reservation
from inventory.reservations.customer_limits import CustomerCount, uncount_holds
from inventory.reservations.store import Release, ReservationStore
from inventory.stock import units

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Each round leaves out those that were refused. If payments come that fast, the rest is released one by one.
ROUNDS_MAX = 3


class JointRelease:
    """Releases several holds in one transaction."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, store: ReservationStore) -> None:
        self._client = client
        self._tables = tables
        self._store = store

    def release(self, holds: Sequence[Reservation], release: Release, now: datetime) -> list[Reservation]:
        """Release the holds of which nothing is in the way, all of them in one transaction.

        Returns:
            The released ones, as they are afterwards. Each of the others must be released alone, which finds out why.
        """
        left = list(holds)
        for _ in range(ROUNDS_MAX):
            if len(left) < 2:
                break
            rows = [self._store.release_of_row(hold, release, now) for hold in left]
            failed = transact(
                self._client,
                [
                    *(write for write, _ in rows),
                    *(units.give_back(self._tables, holding, now) for holding in _together(left)),
                    *uncount_holds(self._tables, left),
                ],
                ENDS_HOLDS,
            )
            if not failed:
                return [released for _, released in rows]
            left = _without_refused(left, failed)
        return []


def in_transactions(holds: Iterable[Reservation]) -> Iterator[list[Reservation]]:
    """Holds in their order, as many in each list as one transaction can release."""
    together: list[Reservation] = []
    touched: set[LevelKey | str] = set()  # levels and customers
    for hold in holds:
        more = {holding.key for holding in hold.holdings} | ({hold.customer_id} if hold.customer_id else set())
        if together and len(together) + 1 + len(touched | more) > TRANSACTION_ACTIONS_MAX:
            yield together
            together, touched = [], set()
        together.append(hold)
        touched |= more
    if together:
        yield together


def _together(holds: Iterable[Reservation]) -> list[Holding]:
    """What all holds take from each level."""
    quantities: Counter[LevelKey] = Counter()
    for hold in holds:
        for holding in hold.holdings:
            quantities[holding.key] += holding.quantity
    return [Holding(key, quantity) for key, quantity in quantities.items()]


def _without_refused(holds: Sequence[Reservation], failed: Iterable[FailedCondition]) -> list[Reservation]:
    """The holds without those that were decided or changed meanwhile, or of whose level or customer a write failed."""
    names: set[str] = set()
    levels: set[LevelKey] = set()
    customers: set[str] = set()
    for condition in failed:
        match condition.about:
            case Reservation() as hold:
                names.add(hold.name)
            case Holding() as holding:
                levels.add(holding.key)
            case CustomerCount() as count:
                customers.add(count.customer_id)
    return [
        hold
        for hold in holds
        if hold.name not in names
        and hold.customer_id not in customers
        and levels.isdisjoint(holding.key for holding in hold.holdings)
    ]
