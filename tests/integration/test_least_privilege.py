"""What a function asks of AWS is what its role allows: an action more would be a right too many, one less a fault."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from inventory.aws.dynamodb import Tables
from tests.integration.reconciliation.test_counter_drift import tampers
from tests.support.aws_calls import Call
from tests.support.cases import BEFORE, SCENES, Event, Scene
from tests.support.cases import over_http as by_manager
from tests.support.handlers import LOW_STOCK_TOPIC, OPERATIONS_TOPIC, Functions, function_names
from tests.support.http.gateway import proxy_event
from tests.support.shop import BY_HAND, Shop, names_of
from tests.support.shops import Shops
from tests.support.template.source import listed, resource

WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
TOPICS = {LOW_STOCK_TOPIC: "LowStockTopic", OPERATIONS_TOPIC: "OperationsTopic"}
EXECUTION_CALLS = {"DescribeExecution", "GetExecutionHistory"}

# The scenes are of functions that write. This is what is only read.
READS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "storefront_api": [("GET", "/inventory/P-1", {}), ("GET", "/inventory", {"product_ids": "P-1,P-2"})],
    "checkout_api": [("GET", "/reservations/R-1", {})],
    "admin_api": [
        ("GET", "/admin/overview", {}),
        ("GET", "/admin/inventory", {}),
        ("GET", "/admin/inventory", {"category": "mugs"}),
        ("GET", "/admin/inventory", {"sort": "name"}),
        ("GET", "/admin/inventory/P-1", {}),
        ("GET", "/admin/inventory/P-1/movements", {}),
        ("GET", "/admin/reservations", {"status": "HELD"}),
        ("GET", "/admin/reservations", {"search": "1001"}),
        ("GET", "/admin/reservations/R-1", {}),
        ("GET", f"/admin/imports/{'0' * 32}", {}),
        ("GET", "/admin/export", {}),
    ],
}


@dataclass(frozen=True, order=True)
class Right:
    """An action on a resource, as the template calls it."""

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


NO_CALL_OF_ITS_OWN = {
    Right("s3:ListBucket", "ImportsBucket"): "S3 answers 404 instead of 403 for what is not there to who may list"
}


def rights_of_role(function: str) -> set[Right]:
    """What the template allows a function."""
    name = "".join(word.capitalize() for word in function.split("_")) + "Function"
    [policy] = resource(name)["Policies"]
    return {
        Right(action, named(target))
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for target in listed(statement["Resource"])
    }


def named(target: dict[str, str]) -> str:
    """A resource of a statement by its name, with what follows it."""
    [text] = target.values()
    if ":execution:" in text:
        return "executions"
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).removesuffix(".Arn")


def rights_used(call: Call, tables: Tables) -> Iterator[Right]:
    """What a call needs to be allowed."""
    resources = {name: table for table, name in names_of(tables).items()}
    request = call.request
    match call.service:
        case "dynamodb" if "TransactItems" in request:
            for action in request["TransactItems"]:
                [(kind, content)] = action.items()
                yield Right(f"dynamodb:{WRITES[kind]}", resources[content["TableName"]])
        case "dynamodb" if "RequestItems" in request:
            yield from (Right(f"dynamodb:{call.operation}", resources[table]) for table in request["RequestItems"])
        case "dynamodb":
            index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
            yield Right(f"dynamodb:{call.operation}", resources[request["TableName"]] + index)
        case "sns":
            topic = TOPICS[request["TopicArn"]]
            yield Right("sns:Publish", topic)
            if topic == "OperationsTopic":  # SNS uses its key in the name of who publishes
                yield from (Right(f"kms:{action}", "OperationsKey") for action in ("GenerateDataKey", "Decrypt"))
        case "stepfunctions":
            where = "executions" if call.operation in EXECUTION_CALLS else "ReservationStateMachine"
            yield Right(f"states:{call.operation}", where)
        case "s3":
            yield Right(f"s3:{call.operation}", "ImportsBucket/*")
        case _:
            raise AssertionError(f"nobody has said what {call} needs")


def there_is_a_reservation(shop: Shop) -> None:
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    shop.holds(("P-1", 1), reservation_id="R-1")


def a_drift(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 1))
    tampers(shop, available=1)
    return {}


def a_customers_hold_is_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), hold_seconds=60, customer_id="C-1")
    return {}


def an_execution_was_not_told_of_a_payment(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.waiting.reception = "FAILED"
    shop.pays(shop.holds(("P-1", 2)))
    shop.reconciles()
    return {}


def a_checkout_begins(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    content = {"lines": [{"product_id": "P-1", "quantity": 1}]}
    return by_manager("POST", "/reservations", content, key="R-1")


def a_level_is_new(shop: Shop) -> Event:
    content = {"on_hand": 9, "name": "Cup", "category": "kitchen", "low_stock_threshold": 5, "reason": BY_HAND.reason}
    return by_manager("PUT", "/admin/inventory/P-1/main", content)


def a_catalogue_is_uploaded(shop: Shop) -> Event:
    event = by_manager("POST", "/admin/imports")
    row = "P-1,main,Mug,kitchen,9,5"
    return event | {"body": f"product_id,warehouse_id,name,category,on_hand,low_stock_threshold\n{row}\n"}


# What no scene is about, because nothing of its own can be lost by it.
MORE_STORIES: dict[str, list[Callable[[Shop], Event]]] = {
    "reconcile_counters": [a_drift],
    "reconcile_holds": [a_customers_hold_is_stranded, an_execution_was_not_told_of_a_payment],
    "admin_api": [a_level_is_new, a_catalogue_is_uploaded],
    "checkout_api": [a_checkout_begins],
}


def stories(function: str) -> Iterator[Callable[[Shop], Event]]:
    """All that a function is called for; the checkout's functions over HTTP too."""
    yield from (scene.prepare for scene in SCENES if scene.function == function)
    yield from MORE_STORIES.get(function, ())
    if function == "checkout_api":
        for called, path in (("record_payment", "payment"), ("extend_hold", "extension")):
            yield from (over_http_too(scene, path) for scene in SCENES if scene.function == called)


def over_http_too(scene: Scene, path: str) -> Callable[[Shop], Event]:
    """The scene's call as one of the API."""

    def story(shop: Shop) -> Event:
        event = scene.prepare(shop)
        reservation_id = event.pop("reservation_id")
        return proxy_event("POST", f"/reservations/{reservation_id}/{path}", json.dumps(event), {}, {}, {})

    return story


def over_http(method: str, path: str, query: dict[str, str]) -> Event:
    """A call by somebody who may look at everything."""
    claims = {"cognito:username": BY_HAND.actor, "cognito:groups": "inventory-viewers"}
    return proxy_event(method, path, None, {}, query, claims)


@pytest.mark.parametrize("function", sorted({*function_names(), "reconcile_counters"}))
def test_a_role_allows_what_its_function_does_and_nothing_else(
    function: str, functions: Functions, shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    used: set[Right] = set()

    def watch(shop: Shop, event: Event) -> None:
        functions.serve(shop)
        with suppress(Exception):  # a refusal is what some scenes are about, and the calls were made
            functions.invoke(function, event)
        used.update(right for call in functions.calls() for right in rights_used(call, shop.tables))

    for story in stories(function):
        with shops.open() as shop:
            shop.now = lambda: BEFORE
            watch(shop, story(shop))
    for read in READS.get(function, ()):
        with shops.open() as shop:
            there_is_a_reservation(shop)
            watch(shop, over_http(*read))

    unneeded = rights_of_role(function) - used - set(NO_CALL_OF_ITS_OWN)
    lacking = used - rights_of_role(function)
    assert not lacking, f"the role lacks {sorted(map(str, lacking))}"
    assert not unneeded, f"the role has too many: {sorted(map(str, unneeded))}"
