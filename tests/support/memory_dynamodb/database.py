"""The tables: their items, their secondary indexes that may lag, and the calls upon them."""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from tests.support.memory_dynamodb.evaluation import Check, check_of, projected, updated
from tests.support.memory_dynamodb.expressions import Expression, parse
from tests.support.memory_dynamodb.values import Item, Value, item_bytes, kind_of, refused, sort_key

Key = tuple[Any, ...]  # the content of the key's attributes: (hash,) or (hash, range)
Request = Mapping[str, Any]
Answer = dict[str, Any]
Change = tuple[str, Item | None, Item | None]  # a table, and an item of it before and after
Listener = Callable[[list[Change]], None]

ITEM_BYTES_MAX = 400_000
TRANSACTION_ACTIONS_MAX = 100
BATCH_GET_MAX = 100
BATCH_WRITE_MAX = 25
TOKEN_VALID_SECONDS = 600  # how long a transaction is known by its token
EVENTUAL = ""  # the name of the copy of a table that eventually consistent reads may see

_checks: dict[Expression, Check] = {}


def _check(expression: Expression) -> Check:
    if expression not in _checks:
        _checks[expression] = check_of(expression.tree)
    return _checks[expression]


@dataclass
class Copy:
    """A secondary index, or the copy of a table for eventually consistent reads: it sees each write after its lag."""

    key: tuple[str, ...]  # its hash and range attributes
    table_key: tuple[str, ...]
    projection: frozenset[str] | None  # None: every attribute
    partitions: dict[Any, dict[Key, Item]] = field(default_factory=dict)
    waiting: deque[tuple[float, Item | None, Item | None]] = field(default_factory=deque)

    def receive(self, visible_at: float, old: Item | None, new: Item | None) -> None:
        """Take a write that is visible from then on; writes are seen in their order."""
        if self.waiting and self.waiting[-1][0] > visible_at:
            visible_at = self.waiting[-1][0]
        self.waiting.append((visible_at, old, new))

    def catch_up(self, now: float) -> None:
        """Apply the writes that are visible by now."""
        while self.waiting and self.waiting[0][0] <= now:
            _, old, new = self.waiting.popleft()
            if old is not None and self._contains(old):
                self.partitions[_content(old[self.key[0]])].pop(key_of(old, self.table_key), None)
            if new is not None and self._contains(new):
                partition = self.partitions.setdefault(_content(new[self.key[0]]), {})
                partition[key_of(new, self.table_key)] = self._projected(new)

    def _contains(self, item: Item) -> bool:
        return all(name in item for name in self.key)

    def _projected(self, item: Item) -> Item:
        if self.projection is None:
            return item
        return {name: value for name, value in item.items() if name in self.projection}


@dataclass
class Table:
    """One table."""

    name: str
    key: tuple[str, ...]
    key_types: dict[str, str]
    copies: dict[str, Copy]
    partitions: dict[Any, dict[Key, Item]] = field(default_factory=dict)

    @classmethod
    def of(cls, definition: Request) -> "Table":
        """A table from the arguments of `create_table`."""
        key = _attributes(definition["KeySchema"])
        copies = {EVENTUAL: Copy(key, key, None)}
        for index in definition.get("GlobalSecondaryIndexes", ()):
            own = _attributes(index["KeySchema"])
            projection = index["Projection"]
            kind = projection["ProjectionType"]
            names = None if kind == "ALL" else frozenset({*key, *own, *projection.get("NonKeyAttributes", ())})
            copies[index["IndexName"]] = Copy(own, key, names)
        types = {one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]}
        return cls(definition["TableName"], key, types, copies)

    def get(self, key: Key) -> Item | None:
        """The item with a key."""
        return self.partitions.get(key[0], {}).get(key)

    def items(self) -> Iterator[Item]:
        """Every item, in no order."""
        for partition in self.partitions.values():
            yield from partition.values()

    def put(self, key: Key, item: Item | None) -> None:
        """Write an item; None deletes it."""
        if item is None:
            self.partitions.get(key[0], {}).pop(key, None)
        else:
            self.partitions.setdefault(key[0], {})[key] = item

    def checked_key(self, key: Item) -> Key:
        """The key of a request."""
        if set(key) != set(self.key) or any(kind_of(key[name]) != self.key_types[name] for name in self.key):
            raise refused("The provided key element does not match the schema")
        self._raise_if_empty(key)
        return key_of(key, self.key)

    def check_item(self, item: Item) -> None:
        """Refuse an item that the table cannot take."""
        for name, expected in self.key_types.items():
            if name not in item:
                if name in self.key:
                    raise refused(f"One of the required keys was not given a value: {name}")
            elif kind_of(item[name]) != expected:
                raise refused(f"One or more parameter values were invalid: Type mismatch for key {name}")
        self._raise_if_empty(item)
        if item_bytes(item) > ITEM_BYTES_MAX:
            raise refused("Item size has exceeded the maximum allowed size")

    def _raise_if_empty(self, item: Item) -> None:
        for name in self.key_types:
            if name in item and not _content(item[name]):
                raise refused(f"The AttributeValue for a key attribute cannot contain an empty value. Key: {name}")


@dataclass
class _Action:
    """A write whose table, key and condition are known."""

    table: Table
    key: Key
    request: Request
    kind: str  # Put, Update, Delete or ConditionCheck
    condition: Check | None
    update: Expression | None

    def before(self) -> Item | None:
        return self.table.get(self.key)

    def is_allowed(self, before: Item | None) -> bool:
        return self.condition is None or self.condition(before or {}, self.request.get("ExpressionAttributeValues", {}))

    def after(self, before: Item | None) -> Item | None:
        """The item after the write; it may raise a ValidationException."""
        if self.kind == "ConditionCheck":
            return before
        if self.kind == "Delete":
            return None
        if self.kind == "Put":
            after = dict(self.request["Item"])
        else:
            after = dict(before) if before is not None else dict(self.request["Key"])
            if self.update:
                after = updated(after, self.update.tree, self.request.get("ExpressionAttributeValues", {}))
        self.table.check_item(after)
        return after


class Database:
    """Tables in memory.

    Args:
        now: the time in seconds, for indexes that lag and for the tokens of transactions.
        lag: after how many seconds a write is visible in a copy: a secondary index, or an eventually consistent read.
        page_items_max: how many items one page of a query or scan reads; None for as many as there are.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = lambda: 0.0,
        lag: Callable[[], float] | None = None,
        page_items_max: int | None = None,
    ) -> None:
        self.tables: dict[str, Table] = {}
        self.listeners: list[Listener] = []  # called with what one call has changed
        self._now = now
        self._lag = lag
        self._page_items_max = page_items_max
        self._tokens: dict[str, tuple[float, Any]] = {}

    def create_table(self, definition: Request) -> None:
        """Create a table, from the arguments of `create_table`."""
        self.tables[definition["TableName"]] = Table.of(definition)

    def call(self, operation: str, request: Request) -> Answer:
        """Make one call, for example `GetItem`."""
        if operation not in OPERATIONS:
            raise refused(f"{operation} is not known here", operation, "UnknownOperationException")
        answer: Answer = OPERATIONS[operation](self, request)
        return answer

    # --- writes of one item

    def _put_item(self, request: Request) -> Answer:
        return self._write_one(self._action("Put", request, request["Item"]))

    def _update_item(self, request: Request) -> Answer:
        return self._write_one(self._action("Update", request, request["Key"]))

    def _delete_item(self, request: Request) -> Answer:
        return self._write_one(self._action("Delete", request, request["Key"]))

    def _write_one(self, action: _Action) -> Answer:
        before = action.before()
        if not action.is_allowed(before):
            raise _failed_condition(before if _wants_old(action.request) else None)
        after = action.after(before)
        self._write([(action, before, after)])
        match action.request.get("ReturnValues", "NONE"):
            case "NONE":
                return {}
            case "ALL_OLD":
                return {"Attributes": before} if before is not None else {}
            case "ALL_NEW":
                return {"Attributes": after}
        raise refused("ReturnValues is not known here")

    def _action(self, kind: str, request: Request, keyed: Item) -> _Action:
        table = self._table(request)
        if kind == "Put":
            table.check_item(keyed)
            key = key_of(keyed, table.key)
        else:
            key = table.checked_key(keyed)
        condition = _parsed("condition", request.get("ConditionExpression"), request)
        update = _parsed("update", request.get("UpdateExpression"), request)
        _check_all_used(request, condition, update)
        for action in update.tree[1:] if update else ():
            if action[1][0] in table.key:
                raise refused(f"Cannot update attribute {action[1][0]}. This attribute is part of the key")
        return _Action(table, key, request, kind, _check(condition) if condition else None, update)

    def _write(self, written: list[tuple[_Action, Item | None, Item | None]]) -> None:
        changed = [(action, before, after) for action, before, after in written if action.kind != "ConditionCheck"]
        for action, before, after in changed:
            action.table.put(action.key, after)
            for copy in action.table.copies.values():
                copy.receive(self._now() + (self._lag() if self._lag else 0), before, after)
        for listener in self.listeners:
            listener([(action.table.name, before, after) for action, before, after in changed])

    # --- transactions

    def _transact_write_items(self, request: Request) -> Answer:
        token = request.get("ClientRequestToken")
        content = repr(request["TransactItems"])
        if token and self._tokens.get(token, (-1.0, None))[0] > self._now():
            if self._tokens[token][1] != content:
                raise refused("The token was used for another request", code="IdempotentParameterMismatchException")
            return {}
        actions = list(self._transaction(request["TransactItems"]))
        before = [action.before() for action in actions]
        after, reasons = self._judged(actions, before)
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        self._write(list(zip(actions, before, after, strict=True)))
        if token:
            self._tokens[token] = (self._now() + TOKEN_VALID_SECONDS, content)
        return {}

    def reasons_to_cancel(self, request: Request) -> list[Answer]:
        """The reason of each action of a transaction that would be made now; nothing is written."""
        actions = list(self._transaction(request["TransactItems"]))
        return self._judged(actions, [action.before() for action in actions])[1]

    def _transaction(self, items: Any) -> Iterator[_Action]:
        if not 1 <= len(items) <= TRANSACTION_ACTIONS_MAX:
            raise refused(f"A transaction has 1 to {TRANSACTION_ACTIONS_MAX} actions, not {len(items)}")
        seen = set()
        for item in items:
            [(kind, request)] = item.items()
            action = self._action(kind, request, request["Item" if kind == "Put" else "Key"])
            if (action.table.name, action.key) in seen:
                raise refused("Transaction request cannot include multiple operations on one item")
            seen.add((action.table.name, action.key))
            yield action

    def _judged(self, actions: list[_Action], before: list[Item | None]) -> tuple[list[Item | None], list[Answer]]:
        """What each action would write, and its reason to cancel the transaction."""
        after: list[Item | None] = []
        reasons: list[Answer] = []
        for action, item in zip(actions, before, strict=True):
            reason: Answer = {"Code": "None"}
            new = None
            if not action.is_allowed(item):
                reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
                if item is not None and _wants_old(action.request):
                    reason["Item"] = dict(item)
            else:
                try:
                    new = action.after(item)
                except ClientError as error:
                    reason = {"Code": "ValidationError", "Message": str(error)}
            after.append(new)
            reasons.append(reason)
        return after, reasons

    # --- reads

    def _get_item(self, request: Request) -> Answer:
        table = self._table(request)
        key = table.checked_key(request["Key"])
        item = self._source(table, request).get(key[0], {}).get(key)
        projection = _parsed("projection", request.get("ProjectionExpression"), request)
        _check_all_used(request, projection)
        return {} if item is None else {"Item": _projection_of(item, projection)}

    def _batch_get_item(self, request: Request) -> Answer:
        responses: dict[str, list[Item]] = {}
        for name, part in request["RequestItems"].items():
            table = self._table({"TableName": name})
            keys = [table.checked_key(key) for key in part["Keys"]]
            if len(set(keys)) < len(keys):
                raise refused("Provided list of item keys contains duplicates")
            if not 1 <= len(keys) <= BATCH_GET_MAX:
                raise refused(f"A batch has 1 to {BATCH_GET_MAX} keys, not {len(keys)}")
            projection = _parsed("projection", part.get("ProjectionExpression"), part)
            _check_all_used(part, projection)
            source = self._source(table, part)
            found = [source.get(key[0], {}).get(key) for key in keys]
            responses[name] = [_projection_of(item, projection) for item in found if item is not None]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _query(self, request: Request) -> Answer:
        table = self._table(request)
        key = table.copies[self._index(table, request)].key
        condition = _parsed("condition", request["KeyConditionExpression"], request)
        assert condition is not None
        values = request.get("ExpressionAttributeValues", {})
        partition_value = values[_partition_in(condition.tree, key)]
        partition = self._source(table, request).get(_content(partition_value), {})
        check = _check(condition)
        matching = [item for item in partition.values() if check(item, values)]
        order = [*key[1:], *(name for name in table.key if name not in key)]

        def place(item: Item) -> Any:
            return [sort_key(item[name]) for name in order]

        backwards = not request.get("ScanIndexForward", True)
        start = request.get("ExclusiveStartKey")
        if start:
            after = place(start)
            matching = [item for item in matching if (place(item) < after if backwards else place(item) > after)]
        matching.sort(key=place, reverse=backwards)
        _refuse_keys_in_filter(request, key)
        return self._page(table, request, matching, key, condition)

    def _scan(self, request: Request) -> Answer:
        table = self._table(request)
        key = table.copies[self._index(table, request)].key
        items = [item for partition in self._source(table, request).values() for item in partition.values()]
        segments = request.get("TotalSegments", 1)
        if segments > 1:
            items = [item for item in items if _hash(item, key) % segments == request["Segment"]]

        def place(item: Item) -> Any:
            return _hash(item, key), [sort_key(item[name]) for name in (*key, *table.key)]

        start = request.get("ExclusiveStartKey")
        if start:
            after = place(start)
            items = [item for item in items if place(item) > after]
        items.sort(key=place)
        return self._page(table, request, items, key)

    def _page(
        self, table: Table, request: Request, items: list[Item], key: tuple[str, ...], *used: Expression
    ) -> Answer:
        """The next page: the first of these sorted items. A filter is applied to what the page has read."""
        condition = _parsed("condition", request.get("FilterExpression"), request)
        projection = _parsed("projection", request.get("ProjectionExpression"), request)
        _check_all_used(request, condition, projection, *used)
        most = min(request.get("Limit", len(items) + 1), self._page_items_max or len(items) + 1)
        read = items[:most]
        values = request.get("ExpressionAttributeValues", {})
        found = [item for item in read if condition is None or _check(condition)(item, values)]
        answer: Answer = {"Count": len(found), "ScannedCount": len(read)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [_projection_of(item, projection) for item in found]
        if len(read) == most and read:
            answer["LastEvaluatedKey"] = {name: read[-1][name] for name in dict.fromkeys((*table.key, *key))}
        return answer

    def _table(self, request: Request) -> Table:
        name = request["TableName"]
        if name not in self.tables:
            raise refused("Cannot do operations on a non-existent table", code="ResourceNotFoundException")
        return self.tables[name]

    def _index(self, table: Table, request: Request) -> str:
        index: str = request.get("IndexName", EVENTUAL)
        if index not in table.copies:
            raise refused(f"The table does not have the specified index: {index}")
        if index and request.get("ConsistentRead"):
            raise refused("Consistent reads are not supported on global secondary indexes")
        return index

    def _source(self, table: Table, request: Request) -> dict[Any, dict[Key, Item]]:
        """The items that a read sees."""
        index = self._index(table, request)
        if index == EVENTUAL and request.get("ConsistentRead"):
            return table.partitions
        copy = table.copies[index]
        copy.catch_up(self._now())
        return copy.partitions

    # --- batches of writes

    def _batch_write_item(self, request: Request) -> Answer:
        for name, writes in request["RequestItems"].items():
            if len(writes) > BATCH_WRITE_MAX:
                raise refused(f"A batch writes at most {BATCH_WRITE_MAX} items")
            for write in writes:
                [(kind, content)] = write.items()
                self._write_one(
                    self._action(
                        kind.removesuffix("Request"),
                        {"TableName": name, **content},
                        content.get("Item") or content["Key"],
                    )
                )
        return {"UnprocessedItems": {}}

    def _create_table(self, request: Request) -> Answer:
        self.create_table(request)
        return {}


OPERATIONS: dict[str, Callable[[Database, Request], Answer]] = {
    "PutItem": Database._put_item,
    "UpdateItem": Database._update_item,
    "DeleteItem": Database._delete_item,
    "GetItem": Database._get_item,
    "BatchGetItem": Database._batch_get_item,
    "BatchWriteItem": Database._batch_write_item,
    "TransactWriteItems": Database._transact_write_items,
    "Query": Database._query,
    "Scan": Database._scan,
    "CreateTable": Database._create_table,
}


def cancelled(reasons: list[Answer]) -> Exception:
    """The error of a transaction that was cancelled for these reasons."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    error = refused(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        "TransactWriteItems",
        "TransactionCanceledException",
    )
    response: Any = error.response
    response["CancellationReasons"] = reasons
    return error


def key_of(item: Item, names: tuple[str, ...]) -> Key:
    """The key of an item."""
    return tuple(_content(item[name]) for name in names)


def _failed_condition(item: Item | None) -> Exception:
    error = refused("The conditional request failed", code="ConditionalCheckFailedException")
    if item is not None:
        response: Any = error.response
        response["Item"] = dict(item)
    return error


def _wants_old(request: Request) -> bool:
    return request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


@lru_cache(10_000)
def _hash_of(text: str) -> int:
    return zlib.crc32(text.encode())


def _hash(item: Item, key: tuple[str, ...]) -> int:
    return _hash_of(str(_content(item[key[0]])))


def _content(value: Value) -> Any:
    [content] = value.values()
    return content


def _attributes(schema: Any) -> tuple[str, ...]:
    """The hash attribute of a key schema and then its range attribute, if it has one."""
    return tuple(one["AttributeName"] for one in sorted(schema, key=lambda one: str(one["KeyType"])))


def _parsed(kind: str, text: str | None, request: Request) -> Expression | None:
    return None if text is None else parse(kind, text, request.get("ExpressionAttributeNames", {}))


def _check_all_used(request: Request, *expressions: Expression | None) -> None:
    """DynamoDB refuses names and values that no expression uses, and values that are not defined."""
    used = [expression for expression in expressions if expression]
    values = {value for expression in used for value in expression.values}
    names = {name for expression in used for name in expression.names}
    given = request.get("ExpressionAttributeValues", {})
    if values != given.keys():
        raise refused(f"Values are not defined, or not used in expressions: {sorted(values ^ given.keys())}")
    unused = request.get("ExpressionAttributeNames", {}).keys() - names
    if unused:
        raise refused(f"Names are not used in expressions: {sorted(unused)}")


def _projection_of(item: Item, projection: Expression | None) -> Item:
    return projected(item, projection.tree[1:]) if projection else dict(item)


def _partition_in(tree: Any, key: tuple[str, ...]) -> str:
    """The value that a key condition asks of the hash attribute; nothing but the key may be in it."""
    terms = list(_terms(tree))
    partitions = [term[2][1] for term in terms if term[0] == "=" and term[1] == ("path", (key[0],))]
    others = [term for term in terms if term[1] != ("path", (key[0],))]
    if len(partitions) != 1 or len(others) > 1 or any(term[1] != ("path", key[1:2]) for term in others):
        raise refused("Query condition missed key schema element")
    value: str = partitions[0]
    return value


def _refuse_keys_in_filter(request: Request, key: tuple[str, ...]) -> None:
    condition = _parsed("condition", request.get("FilterExpression"), request)
    used = _first_names(condition.tree) if condition else set()
    if used.intersection(key):
        raise refused("Filter Expression can only contain non-primary key attributes")


def _first_names(tree: Any) -> set[str]:
    """The attributes that an expression reads."""
    if tree[0] == "path":
        return {tree[1][0]}
    return {name for part in tree[1:] if isinstance(part, tuple) for name in _first_names(part)}


def _terms(tree: Any) -> Iterable[Any]:
    if tree[0] == "and":
        yield from _terms(tree[1])
        yield from _terms(tree[2])
    else:
        yield tree
