"""A day in a shop that its read model follows: records come late, doubled and in another order, and merges go on."""

import random
from datetime import timedelta

from inventory.model import iso
from tests.support.live import Record
from tests.support.live.written import records_of_changes, rows_with_stream
from tests.support.read_model.shop import ReadModelOfShop
from tests.support.shop.cases import BEFORE
from tests.support.shop.day import ShopDay
from tests.support.shop.in_memory import MemoryShop

# So long ago there were reservations whose retention ends today. Figures of a day do not count them.
LONG_AGO = timedelta(days=3)
STEPS_LONG_AGO = 20
# After it, everything that was sold is counted from the ledger.
EVENING = timedelta(minutes=10)


class ReadModelDay:
    """A day from a seed: what happens in the shop, and what is handed over to the follower."""

    def __init__(self, seed: int) -> None:
        self.shop = MemoryShop()
        self.shop_day = ShopDay(self.shop, seed, BEFORE - LONG_AGO)
        self.model = ReadModelOfShop(self.shop, lambda: self.shop_day.now)
        self.draw = random.Random(f"{seed} records")
        self._waiting: list[Record] = []
        self._earlier: list[Record] = []
        self._read = rows_with_stream(self.shop)

    def opens(self) -> None:
        """The shelves were filled long ago, and something was sold."""
        self.shop_day.opens()
        for _ in range(STEPS_LONG_AGO):
            self.shop_day.goes_on()
        self.shop_day.now = BEFORE

    def goes_on(self) -> None:
        """One more use case, whose records may come later; a replay may come, too, and a run of the job."""
        self.shop_day.goes_on()
        self.writes()
        if self.draw.random() < 0.1:
            self._delete_old_row()
        if self.draw.random() < 0.5:
            self.hands_over()
        if self.draw.random() < 0.3:
            self.model.runs(merge=self.draw.random() < 0.5)

    def ends(self) -> None:
        """All records have come, and all is merged."""
        self.writes()
        self.hands_over()
        self.shop_day.now += EVENING
        self.model.merges()
        self.shop_day.now += EVENING
        self.model.merges()

    def writes(self) -> None:
        """What was written since becomes records."""
        now = rows_with_stream(self.shop)
        self._waiting += records_of_changes(self._read, now, self.shop)
        self._read = now

    def hands_over(self) -> None:
        """The records that wait, in the order of each table or shuffled between tables; some twice, and earlier ones again."""
        replayed = self.draw.sample(self._earlier, min(2, len(self._earlier)))
        handed_over = [*replayed, *self._waiting, *self._waiting[:1]]
        tables = sorted({record["eventSourceARN"] for record in handed_over})
        self.draw.shuffle(tables)
        batches = [[record for record in handed_over if record["eventSourceARN"] == table] for table in tables]
        for batch in batches:
            self.model.follows(*batch)
        self._earlier += self._waiting
        self._waiting.clear()

    def another_model(self) -> ReadModelOfShop:
        """A second read model of the same shop, which has followed nothing: it is built from the tables."""
        other = ReadModelOfShop(self.shop, lambda: self.shop_day.now)
        other.is_rebuilt()
        self.shop_day.now += EVENING
        other.merges()
        self.model.merges()
        return other

    def _delete_old_row(self) -> None:
        """A decided reservation expires, as DynamoDB deletes it after its retention."""
        table = self.shop.tables.reservations
        expired = [row for row in self.shop.rows(table) if row.get("decided_at", "9") < iso(BEFORE - timedelta(days=2))]
        if expired:
            name = self.draw.choice(sorted(row["reservation_id"] for row in expired))
            self.shop.client.delete_item(TableName=table, Key={"reservation_id": {"S": name}})
