"""The DynamoDB in memory answers as DynamoDB Local does: the same calls, drawn from a seed, are made to both."""

import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.support.memory_dynamodb import Database, memory_client
from tests.support.shop import dynamodb_client

Call = tuple[str, dict[str, Any]]

CALLS = 250
HASHES = ("a", "b", "c")
RANGES = ("1", "2", "3", "é")
# Conditions, with the values that they use.
CONDITIONS = (
    "attribute_exists(n)",
    "attribute_not_exists(h)",
    "n >= :number",
    "n < :number AND NOT s = :text",
    "n <> :number OR begins_with(s, :text)",
    "contains(tags, :text)",
    "NOT contains(tags, :text) AND attribute_exists(h)",
    "n BETWEEN :number AND :larger",
    "s IN (:text, :other)",
    "size(tags) > :number",
    "attribute_type(n, :kind)",
    "m.x1 = :number",
    "l[0] = :number",
    "(n = :number OR s = :text) AND (attribute_exists(m) OR attribute_not_exists(tags))",
    "#status = :text",
    "s = :number",
    "n > :text",
)
UPDATES = (
    "SET n = :number",
    "SET n = n + :number",
    "SET n = n - :number, s = :text",
    "SET n = if_not_exists(n, :number) + :larger",
    "SET l = list_append(if_not_exists(l, :empty), :list)",
    "SET #status = :text REMOVE s",
    "ADD n :number",
    "ADD tags :tags",
    "DELETE tags :tags",
    "REMOVE tags, m",
    "SET m = :map",
    "SET m.x1 = :number",
    "SET l[0] = :number",
    "REMOVE l[0]",
    "SET s = n",
    "ADD s :number",
    "SET g = :text, o = :number",
    "REMOVE g",
    "SET fresh = absent",
    "SET n = :number ADD tags :tags REMOVE s DELETE more :tags",
)
DEFINITION = {
    "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "h", "AttributeType": "S"},
        {"AttributeName": "r", "AttributeType": "S"},
        {"AttributeName": "g", "AttributeType": "S"},
        {"AttributeName": "o", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_group",
            "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "o", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.mark.parametrize("seed", range(3))
def test_the_same_calls_are_answered_alike(dynamodb_url: str, seed: int) -> None:
    table = uuid4().hex
    real = dynamodb_client(dynamodb_url)
    memory = memory_client(Database())
    definition: Any = DEFINITION | {"TableName": table}
    real.create_table(**definition)
    memory.create_table(**definition)

    answers = [
        (call, _answer(real, call), _answer(memory, call)) for call in _calls(_Drawn(random.Random(seed), table))
    ]

    assert [(call, there, here) for call, there, here in answers if there != here] == []
    outcomes = {answer[0] for _, answer, _ in answers}
    assert outcomes >= {
        "answered",
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "ValidationException",
    }


def _calls(drawn: "_Drawn") -> Iterator[Call]:
    makers: tuple[Callable[[], Call], ...] = (
        drawn.put,
        drawn.update,
        drawn.update,
        drawn.delete,
        drawn.get,
        drawn.batch_get,
        drawn.query,
        drawn.query_index,
        drawn.scan,
        drawn.transaction,
        drawn.transaction,
    )
    for _ in range(CALLS):
        yield drawn.draw.choice(makers)()


class _Drawn:
    """Draws calls."""

    def __init__(self, draw: random.Random, table: str) -> None:
        self.draw = draw
        self.table = table

    def put(self) -> Call:
        request = self._put()
        return "put_item", request | self._values(request)

    def update(self) -> Call:
        request = self._update()
        return "update_item", request | self._values(request) | {"ReturnValues": self.draw.choice(("ALL_NEW", "NONE"))}

    def delete(self) -> Call:
        return "delete_item", {"TableName": self.table, "Key": self._key(), "ReturnValues": "ALL_OLD"}

    def get(self) -> Call:
        request: dict[str, Any] = {"TableName": self.table, "Key": self._key(), "ConsistentRead": True}
        if self.draw.random() < 0.3:
            request |= {"ProjectionExpression": "h, n, #status", "ExpressionAttributeNames": {"#status": "status"}}
        return "get_item", request

    def batch_get(self) -> Call:
        keys = self.draw.sample([(h, r) for h in HASHES for r in RANGES], self.draw.randint(1, 5))
        part = {"Keys": [_key_of(*key) for key in keys], "ConsistentRead": True}
        return "batch_get_item", {"RequestItems": {self.table: part}}

    def query(self) -> Call:
        request: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": self.draw.choice(
                ("h = :h", "h = :h AND r >= :r", "h = :h AND begins_with(r, :r)", "r < :r AND h = :h")
            ),
            "ConsistentRead": True,
            "ScanIndexForward": self.draw.random() < 0.5,
        }
        if self.draw.random() < 0.5:
            request["FilterExpression"] = self.draw.choice([one for one in CONDITIONS if "(h)" not in one])
        if self.draw.random() < 0.4:
            request["Limit"] = self.draw.randint(1, 3)
        return "query", request | self._values(request)

    def query_index(self) -> Call:
        request = {
            "TableName": self.table,
            "IndexName": "by_group",
            "KeyConditionExpression": self.draw.choice(("g = :text", "g = :text AND o <= :number")),
        }
        return "query", request | self._values(request)

    def scan(self) -> Call:
        request: dict[str, Any] = {"TableName": self.table, "ConsistentRead": True}
        if self.draw.random() < 0.7:
            request["FilterExpression"] = self.draw.choice(CONDITIONS)
        if self.draw.random() < 0.3:
            request["Select"] = "COUNT"
        return "scan", request | self._values(request)

    def transaction(self) -> Call:
        actions: list[dict[str, Any]] = []
        for key in self.draw.sample([_key_of(h, r) for h in HASHES for r in RANGES], self.draw.randint(1, 4)):
            kind = self.draw.choice(("Put", "Update", "Update", "ConditionCheck", "Delete"))
            if kind == "Put":
                action = self._put()
                action["Item"] |= key
            elif kind == "Update":
                action = self._update() | {"Key": key}
            else:
                action = {"TableName": self.table, "Key": key}
                action["ConditionExpression"] = self.draw.choice(CONDITIONS)
            if "ConditionExpression" in action:
                action["ReturnValuesOnConditionCheckFailure"] = self.draw.choice(("ALL_OLD", "NONE"))
            actions.append({kind: action | self._values(action)})
        return "transact_write_items", {"TransactItems": actions}

    def _put(self) -> dict[str, Any]:
        item = self._key()
        for name, value in (
            ("n", self._number()),
            ("s", self._text()),
            ("tags", {"SS": self.draw.sample(["x", "y", "z"], 2)}),
            ("l", {"L": [self._number(), self._text()]}),
            ("m", {"M": {"x1": self._number()}}),
            ("status", self._text()),
            ("g", self._text()),
            ("o", self._number()),
        ):
            if self.draw.random() < 0.5:
                item[name] = value
        return {"TableName": self.table, "Item": item} | self._condition(0.4)

    def _update(self) -> dict[str, Any]:
        update = {"TableName": self.table, "Key": self._key(), "UpdateExpression": self.draw.choice(UPDATES)}
        return update | self._condition(0.5)

    def _condition(self, chance: float) -> dict[str, Any]:
        if self.draw.random() >= chance:
            return {}
        return {
            "ConditionExpression": self.draw.choice(CONDITIONS),
            "ReturnValuesOnConditionCheckFailure": self.draw.choice(("ALL_OLD", "NONE")),
        }

    def _values(self, request: dict[str, Any]) -> dict[str, Any]:
        """The names and values of a request's expressions; sometimes one too many."""
        text = " ".join(str(part) for name, part in request.items() if name.endswith("Expression"))
        possible = {
            ":number": self._number(),
            ":larger": {"N": "7"},
            ":text": self._text(),
            ":other": {"S": "y"},
            ":kind": {"S": "N"},
            ":empty": {"L": []},
            ":list": {"L": [{"N": "1"}]},
            ":tags": {"SS": ["x"]},
            ":map": {"M": {"x1": {"N": "2"}}},
            ":h": {"S": self.draw.choice(HASHES)},
            ":r": {"S": self.draw.choice(RANGES)},
        }
        words = set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
        values = {name: value for name, value in possible.items() if name in words}
        if values and self.draw.random() < 0.02:
            values[":unused"] = {"N": "1"}
        names = {"ExpressionAttributeNames": {"#status": "status"}} if "#status" in text else {}
        return names | ({"ExpressionAttributeValues": values} if values else {})

    def _key(self) -> dict[str, Any]:
        return _key_of(self.draw.choice(HASHES), self.draw.choice(RANGES))

    def _number(self) -> dict[str, str]:
        return {"N": str(self.draw.choice((0, 1, 2, 5, -3)))}

    def _text(self) -> dict[str, str]:
        return {"S": self.draw.choice(("x", "y", "xy"))}


def _key_of(hash_value: str, range_value: str) -> dict[str, Any]:
    return {"h": {"S": hash_value}, "r": {"S": range_value}}


def _answer(client: Any, call: Call) -> tuple[str, Any]:
    """What a call is answered, in a form that can be compared."""
    method, request = call
    try:
        answer = getattr(client, method)(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert isinstance(error, getattr(client.exceptions, code, ClientError))
        reasons = error.response.get("CancellationReasons")
        if "ValidationError" in [reason["Code"] for reason in reasons or ()]:
            return "ValidationException", (None, None)  # as DynamoDB Local mostly answers; AWS cancels with this reason
        compared = [(reason["Code"], _plain(reason.get("Item"))) for reason in reasons] if reasons else None
        return code, (compared, _plain(error.response.get("Item")))
    answer = {name: part for name, part in answer.items() if name not in ("ResponseMetadata", "ConsumedCapacity")}
    if method in ("scan", "batch_get_item") or request.get("IndexName"):
        return "answered", _in_any_order(_plain(answer))
    return "answered", _plain(answer)


def _plain(value: Any) -> Any:
    """A value with its sets in an order."""
    if isinstance(value, dict):
        return {name: sorted(part) if name in ("SS", "NS") else _plain(part) for name, part in sorted(value.items())}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _in_any_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_any_order(part) for name, part in value.items()}
    return sorted(value, key=repr) if isinstance(value, list) else value
