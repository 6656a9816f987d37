"""Shops for one test after another, over tables that are emptied and used again.

DynamoDB Local creates a table the slower the more it has created before. With new tables for each shop, the tests spent
most of their time on that.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from inventory.aws.dynamodb import Tables
from tests.support.shop import Shop, create_tables, dynamodb_client, names_of
from tests.support.template.source import resource

ROWS_WORTH_DELETING_MAX = 500  # new tables are quicker than deleting more
BATCH_WRITE_MAX = 25


class Shops:
    """Opens shops without stock, over one DynamoDB Local."""

    def __init__(self, endpoint_url: str, empty: Sequence[Tables] = ()) -> None:
        self._endpoint_url = endpoint_url
        self._client = dynamodb_client(endpoint_url)
        self._empty = list(empty)

    def with_own_connection(self) -> "Shops":
        """The same for a fork of this process: a connection must not be shared."""
        return Shops(self._endpoint_url, self._empty)

    def empty_all(self) -> None:
        """Empty all tables that may be used again, after a fork has used them."""
        self._empty = [tables if self._are_emptied(tables) else create_tables(self._client) for tables in self._empty]

    @contextmanager
    def open(self) -> Iterator[Shop]:
        """A shop that nobody else uses. Its tables are used again only if the block ends without an error."""
        tables = self._empty.pop() if self._empty else create_tables(self._client)
        yield Shop(dynamodb_client(self._endpoint_url), tables)
        if self._are_emptied(tables):
            self._empty.append(tables)

    def observer(self, shop: Shop) -> Shop:
        """The same shop through a connection of its own, on which no faults are injected."""
        return Shop(dynamodb_client(self._endpoint_url), shop.tables)

    def _are_emptied(self, tables: Tables) -> bool:
        return all(self._is_emptied(table, name) for table, name in names_of(tables).items())

    def _is_emptied(self, table: str, name: str) -> bool:
        """Delete every row of a table; False when there are too many."""
        page = self._client.scan(TableName=name, ConsistentRead=True)
        rows = page["Items"]
        if "LastEvaluatedKey" in page or len(rows) > ROWS_WORTH_DELETING_MAX:
            return False
        key = [element["AttributeName"] for element in resource(table)["KeySchema"]]
        requests = [{"DeleteRequest": {"Key": {name: row[name] for name in key}}} for row in rows]
        for start in range(0, len(requests), BATCH_WRITE_MAX):
            batch = requests[start : start + BATCH_WRITE_MAX]
            answer = self._client.batch_write_item(RequestItems={name: batch})  # type: ignore[dict-item]
            assert not answer["UnprocessedItems"]
        return True
