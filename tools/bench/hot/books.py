"""Whether all is right in a sale: the books at every write, every refusal when it is made, and the rest at the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.aws.changes import to_item
from inventory.items import SHARD_CHANGES, is_of_shard
from tests.simulation.platform.runtime import TABLES
from tests.simulation.platform.story import Story
from tests.simulation.shop.books import Books
from tests.support.memory_dynamodb.database import Change
from tools.bench.hot.managers import Managers
from tools.bench.hot.measure import BooksDisagree
from tools.bench.hot.shop import FINE, Shop
from tools.reconcile.invariants import differences

# What a function may raise in a crowd: it is invoked again. A hold that was never written cannot be released.
PASSING = ("TransientError", "ReservationNotFound", "Sandbox.Timedout")
SENTENCES_MAX = 10


@dataclass(frozen=True)
class End:
    """What must be at the end; None: anything.

    Args:
        shards: of the level.
        left: units that nobody has bought.
    """

    shards: int | None = None
    left: int | None = None


class Verdict:
    """Watches a sale from its beginning."""

    def __init__(self, shop: Shop, managers: Managers) -> None:
        self._shop = shop
        self._managers = managers
        self._books = Books(shop.scheduler, Story(False, lambda: 0.0, lambda: ""), FINE)
        self._available: Counter[tuple[str, str]] = Counter()
        self._totals: list[tuple[float, int]] = []  # what was available after each change of it
        self._wrong: list[str] = []
        shop.database.listeners += [self._books.on_write, self._on_write]

    @property
    def left(self) -> int:
        """The units that are available."""
        return self._available.total()

    def raise_if_wrong(self, end: End) -> None:
        """Raise what is wrong.

        Raises:
            BooksDisagree: something is.
        """
        wrong = [*self._books.broken, *self._wrong, *self._at_end(end)]
        if wrong:
            more = len(wrong) - SENTENCES_MAX
            raise BooksDisagree("\n".join(wrong[:SENTENCES_MAX]) + (f"\nand {more} more" if more > 0 else ""))

    def _on_write(self, changes: list[Change]) -> None:
        for table, _, after in changes:
            if table == TABLES["InventoryTable"]:
                self._note_available(changes)
            if table == TABLES["ReservationsTable"] and after and after["status"]["S"] == "REJECTED":
                self._judge_refusal(after["reservation_id"]["S"], to_item(after)["lines"])

    def _note_available(self, changes: list[Change]) -> None:
        for table, before, after in changes:
            row = after or before
            if table != TABLES["InventoryTable"] or row is None or row["product_id"]["S"] == SHARD_CHANGES:
                continue
            key = row["product_id"]["S"], row["warehouse_id"]["S"]
            self._available[key] = int(after["available"]["N"]) if after else 0
        if not self._totals or self._totals[-1][1] != self.left:
            self._totals.append((self._shop.scheduler.now, self.left))

    def _judge_refusal(self, name: str, lines: list[dict[str, int]]) -> None:
        """A checkout may be refused if its units were too few at a moment between its start and its refusal."""
        wanted = sum(int(line["quantity"]) for line in lines)
        since = self._shop.workflow.executions[name].started_at
        for at, units in reversed(self._totals):
            if units < wanted:
                return
            if at < since:
                break
        self._wrong.append(f"{name} was refused {wanted} units, although there were never fewer than {wanted}")

    def _at_end(self, end: End) -> Iterator[str]:
        levels, reservations, movements = (
            [to_item(row) for row in self._shop.rows(table)]
            for table in ("InventoryTable", "ReservationsTable", "MovementsTable")
        )
        of_levels = [row for row in movements if row["kind"] != "REQUEST"]
        yield from differences(levels, reservations, of_levels)
        rows = [row for row in levels if row["product_id"] != SHARD_CHANGES]
        on_hand, shelf = sum(int(row["on_hand"]) for row in rows), self._managers.shelf.units(self._shop.scheduler.now)
        if on_hand != shelf:
            yield f"the books say {on_hand}, and {shelf} units are on the shelf"
        [own] = [row for row in rows if not is_of_shard(row)]
        shards = int(own.get("shards", 1))
        if shards != len(rows) or "shards_wanted" in own or (end.shards and shards != end.shards):
            yield f"the level has {shards} of {len(rows)} shards and should have {end.shards}"
        if end.left is not None and self.left != end.left:
            yield f"{self.left} units are left instead of {end.left}"
        for asked in self._managers.asked:
            if not asked.is_as_expected:
                yield f"{asked.what} was answered with {asked.answer} instead of {' or '.join(asked.expected)}"
        for error, times in self._shop.invocations.errors.items():
            if not any(passing in error for passing in PASSING):
                yield f"{times} times, {error}"
