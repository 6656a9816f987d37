"""Least privilege: the role of each function allows exactly the calls that the function makes."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from inventory.aws.changes import to_attributes
from inventory.aws.dynamodb import Tables
from inventory.errors import ReservationNotFound
from inventory.feed.decisions import FeedDecisions
from inventory.feed.requests import parse_changes
from inventory.feed.run import StockFeed
from inventory.items import LEVEL_HEARTBEAT_KEY
from inventory.model import LevelKey
from inventory.read_model.manifest import Manifest
from inventory.reconciliation.findings import LedgerSum
from inventory.reconciliation.incremental.checkpoints import Checkpoint, Checkpoints
from inventory.reconciliation.incremental.state import ComparisonState, ComparisonStates
from tests.support.aws_calls import Call
from tests.support.handlers import LOW_STOCK_TOPIC, NAMES, OPERATIONS_TOPIC, WRITE_NO_ROW, Functions, function_names
from tests.support.http.gateway import ApiRequest
from tests.support.live import level_record, record, reservation_record
from tests.support.read_model.changed_keys import NotedChanges
from tests.support.shop import BY_HAND, Shop, names_of, new_shop
from tests.support.shop.cases import BEFORE, CASES, LEVEL, NOW, Case, Event, by_machine, ended, of_mugs
from tests.support.shop.cases import over_http as by_manager
from tests.support.shop.catalogue import HEADER
from tests.support.shop.drift import deletes_row, tampers
from tests.support.shop.first_edition import keeps_in_its_row
from tests.support.template.source import listed, resource

WRITES = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
TOPICS = {LOW_STOCK_TOPIC: "LowStockTopic", OPERATIONS_TOPIC: "OperationsTopic"}
EXECUTION_CALLS = {"DescribeExecution", "GetExecutionHistory"}
LISTINGS = {"ListObjectsV2"}
RUNS = {
    "merge_read_model": 2
}  # the first one builds the model, the next one counts the sales that were too young for it
BETWEEN_RUNS = timedelta(minutes=10)

# The shared cases write. These are the calls of the API that only read.
READS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "storefront_api": [
        ("GET", "/inventory/P-1", {}),
        ("GET", "/inventory", {"product_ids": "P-1,P-2"}),
        ("GET", "/live-stock", {}),
    ],
    "checkout_api": [("GET", "/reservations/R-1", {})],
    "stock_feed_api": [("GET", "/stock/levels", {})],
    "admin_api": [
        ("GET", "/admin/overview", {}),
        ("GET", "/admin/health", {}),
        ("GET", "/admin/live-stock", {"product_id": "P-1"}),
        ("GET", "/admin/inventory", {}),
        ("GET", "/admin/inventory", {"category": "mugs"}),
        ("GET", "/admin/inventory", {"sort": "name"}),
        ("GET", "/admin/inventory/P-1", {}),
        ("GET", "/admin/inventory/P-1/movements", {}),
        ("GET", "/admin/reservations", {"status": "HELD"}),
        ("GET", "/admin/reservations", {"search": "1001"}),
        ("GET", "/admin/reservations/R-1", {}),
        ("GET", "/admin/reservations/R-9", {}),
        ("GET", "/admin/reservations/R-1/execution", {}),
        ("GET", "/admin/refunds", {}),
        ("GET", "/admin/executions", {}),
        ("GET", "/admin/executions", {"order_id": "1001"}),
        ("GET", f"/admin/imports/{'0' * 32}", {}),
        ("GET", "/admin/export", {}),
        ("GET", "/admin/export", {"category": "mugs"}),
        ("GET", "/admin/search", {"query": "1001"}),
        ("GET", "/admin/timeline", {"order_id": "1001"}),
        ("GET", "/admin/timeline", {"customer_id": "C-1"}),
        ("GET", "/admin/attention", {}),
        ("GET", "/admin/lost-demand", {}),
        ("POST", "/admin/exports", {}),
        ("GET", f"/admin/exports/{'0' * 32}", {}),
    ],
}


@dataclass(frozen=True, order=True)
class Right:
    """An IAM action on a resource of the template."""

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
PARTS_OF_A_PUT = ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
FOLLOWED_TABLES = ("InventoryTable", "ReservationsTable", "RefundsTable", "FailedExecutionsTable")
# With the role of a function, Lambda itself reads its streams and queues, and keeps batches that failed too often.
CALLED_BY_LAMBDA = {
    *(
        Right(f"sqs:{action}", f"Undelivered{what}Queue")
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
        for what in ("Events", "Pushes")
    ),
    *(
        Right(f"dynamodb:{action}", f"{table}.StreamArn")
        for action in ("DescribeStream", "GetRecords", "GetShardIterator")
        for table in FOLLOWED_TABLES
    ),
    *(Right("dynamodb:ListStreams", f"{table}/stream/*") for table in FOLLOWED_TABLES),
    Right("sqs:SendMessage", "FailedChangesQueue"),
}
ALLOWED_WITHOUT_CALL = {
    Right("s3:ListBucket", "ImportsBucket"): "with it, S3 answers 404 instead of 403 for a missing object",
    Right("s3:AbortMultipartUpload", "ImportsBucket/exports/*"): "an export that fails leaves no parts",
    Right("s3:ListBucket", "ReadModelBucket"): "with it, S3 answers 404 instead of 403 for a missing object",
} | dict.fromkeys(CALLED_BY_LAMBDA, "Lambda makes the call")


def rights_of_role(function: str) -> set[Right]:
    """The rights that the template gives to a function."""
    name = "".join(word.capitalize() for word in function.split("_")) + "Function"
    [policy] = resource(name)["Policies"]
    return {
        Right(action, named(target))
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for target in listed(statement["Resource"])
    }


def named(target: dict[str, str] | str) -> str:
    """The logical name of a statement's resource, with its suffix."""
    if isinstance(target, str):
        return target
    [text] = target.values()
    if ":execution:" in text:
        return "executions"
    if ":event-bus/" in text:
        return "bus"
    if ":appsync:" in text or text == "LiveStockApi.ApiArn":  # AppSync may name the API in several ways
        return "LiveStockApi"
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", text).removesuffix(".Arn")


def rights_used(call: Call, tables: Tables) -> Iterator[Right]:
    """The rights that a call needs."""
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
            if topic == "OperationsTopic":  # SNS uses its key with the rights of the publisher
                yield from (Right(f"kms:{action}", "OperationsKey") for action in ("GenerateDataKey", "Decrypt"))
        case "stepfunctions":
            where = "executions" if call.operation in EXECUTION_CALLS else "ReservationStateMachine"
            yield Right(f"states:{call.operation}", where)
        case "s3" if call.operation in LISTINGS:
            yield Right("s3:ListBucket", bucket_of(call))
        case "s3" if call.operation == "DeleteObjects":
            yield Right("s3:DeleteObject", f"{bucket_of(call)}/*")
        case "s3":
            operation = "PutObject" if call.operation in PARTS_OF_A_PUT else call.operation
            folder = "exports/" if operation == "AbortMultipartUpload" else ""
            if operation == "GetObject" and call.request["Key"].startswith("changed/"):
                folder = "changed/"
            yield Right(f"s3:{operation}", f"{bucket_of(call)}/{folder}*")
        case "appsync" if call.operation == "EventPublish":
            yield Right("appsync:EventPublish", "LiveStockNamespace.ChannelNamespaceArn")
        case "appsync":
            yield Right(f"appsync:{call.operation}", "LiveStockApi")
        case "cloudwatch":
            yield Right(f"cloudwatch:{call.operation}", "*")
        case "events":
            yield Right(f"events:{call.operation}", "bus")
        case "sqs":
            [queue] = [name for name, url in NAMES.items() if url == request["QueueUrl"]]
            yield Right("sqs:SendMessage", queue)
        case _:
            raise AssertionError(f"the rights that {call} needs are not known to this test")


def bucket_of(call: Call) -> str:
    """The logical name of the bucket that a call is about."""
    [name] = [name for name, bucket in NAMES.items() if bucket == call.request["Bucket"]]
    return name


def a_shop_with_a_reservation(dynamodb_url: str) -> Shop:
    shop = new_shop(dynamodb_url)
    shop.stocks("P-1", on_hand=5)
    shop.stocks("P-2", on_hand=5)
    shop.holds(("P-1", 1), reservation_id="R-1")
    return shop


def a_list_is_searched_in_a_snapshot(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    manifest = to_attributes(Manifest(snapshot="20260302T120000-1").to_item())
    shop.client.put_item(TableName=shop.tables.read_model, Item=manifest)
    return over_http("GET", "/admin/search", {"query": "P-1"})


def a_drift(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 1))
    tampers(shop, available=1)
    return {}


def a_customer_has_drifted(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 1), customer_id="C-1")
    shop.client.delete_item(TableName=shop.tables.customers, Key={"customer_id": {"S": "C-1"}})
    return {}


def a_level_was_written(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return {"Records": [level_record(shop)]}


def a_spread_level_was_written(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return {"Records": [level_record(shop, shard=2)]}


def a_payment_bought_nothing(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 2), reservation_id="R-1")
    shop.pays("R-1", "PAY-2")
    return {"Records": [reservation_record(shop)]}


def a_level_was_written_while_both_targets_are_down(shop: Shop) -> Event:
    shop.down = {"events", "appsync"}
    return a_level_was_written(shop)


def a_row_was_written_that_cannot_be_read(shop: Shop) -> Event:
    row = {"reservation_id": {"S": "R-1"}, "status": {"S": "LOST"}}
    shop.client.put_item(TableName=shop.tables.reservations, Item=row)
    return {"Records": [reservation_record(shop)]}


def a_push_and_an_event_were_not_delivered(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    event = {"detail_type": "StockLow", "detail": {"event_id": "1", "sequence": 1, "at": "2026-03-01T12:00:00.000Z"}}
    return {"Records": [undelivered({"product_id": "P-1"}), undelivered(event)]}


def a_push_of_a_spread_level_was_not_delivered_and_events_are_down(shop: Shop) -> Event:
    shop.down = {"events"}
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return {"Records": [undelivered({"product_id": "P-1"})]}


def undelivered(content: Event) -> Event:
    """The record of a message in a queue."""
    return {"messageId": str(sorted(content)), "body": json.dumps(content)}


def a_key_ends_soon(shop: Shop) -> Event:
    shop.days_of_keys = [7]
    return {}


def a_key_was_deleted(shop: Shop) -> Event:
    shop.days_of_keys = []
    return {}


def a_level_was_written_by_hand(shop: Shop) -> Event:
    shop.has_by_hand("P-1", on_hand=5)
    return {}


def the_level_of_a_stranded_hold_was_deleted(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), hold_seconds=60)
    deletes_row(shop)
    return {}


def a_customers_hold_is_stranded(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.holds(("P-1", 2), hold_seconds=60, customer_id="C-1")
    return {}


def the_signal_of_a_payment_failed(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.signals.result = "FAILED"
    shop.pays(shop.holds(("P-1", 2)))
    shop.reconciles()
    return {}


def a_reservation_is_created(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    content = {"lines": [{"product_id": "P-1", "quantity": 1}]}
    return by_manager("POST", "/reservations", content, key="R-1")


def the_reservations_of_an_order_are_listed(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.reserves(("P-1", 1), order_id="1001")
    return over_http("GET", "/reservations", {"order_id": "1001"})


def a_level_is_new(shop: Shop) -> Event:
    content = {"on_hand": 9, "name": "Cup", "category": "kitchen", "low_stock_threshold": 5, "reason": BY_HAND.reason}
    return by_manager("PUT", "/admin/inventory/P-1/main", content)


def a_catalogue_is_uploaded(shop: Shop) -> Event:
    event = by_manager("POST", "/admin/imports")
    return event | {"body": f"{HEADER}P-1,main,Mug,kitchen,9,5\n"}


def a_reservation_with_a_refund_is_inspected(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 1), reservation_id="R-1")
    shop.pays("R-1", "PAY-2")
    return over_http("GET", "/admin/reservations/R-1", {})


def a_payment_came_before_its_reservation_and_bought_it(shop: Shop) -> Event:
    with suppress(ReservationNotFound):
        shop.pays("R-1")
    shop.stocks("P-1", on_hand=5)
    shop.pays(shop.holds(("P-1", 1), reservation_id="R-1"))
    return over_http("GET", "/admin/refunds", {})


def a_payment_of_the_first_edition_is_returned(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.sells(("P-1", 1), reservation_id="R-1")
    keeps_in_its_row(shop, "R-1", announced=["PAY-2"])
    content = {"payment_reference": "PAY-2", "reference": "REFUND-1"}
    return by_manager("POST", "/admin/reservations/R-1/refunds", content)


def an_input_is_too_long_for_an_event(shop: Shop) -> Event:
    return ended(input=None, inputDetails={"included": False})


def an_execution_failed_that_the_first_edition_may_have_named(shop: Shop) -> Event:
    return ended(name="k-1")


def a_list_is_repeated(shop: Shop) -> Event:
    event = by_machine(of_mugs("RECEIVED", delta=5))
    feed = StockFeed(
        shop.stock_changes, FeedDecisions(shop.client, shop.tables), timedelta(days=365), shop.now, lambda: 60.0
    )
    feed.apply("night-1", parse_changes(json.loads(event["body"])), "erp/nightly")
    return event


def a_cart_is_larger_than_each_shard(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return {"reservation_id": "R-1", "request": {"lines": [{"product_id": "P-1", "quantity": 5}]}}


def a_spread_level_is_looked_up(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return over_http("GET", "/inventory/P-1", {})


def a_level_is_spread(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    return by_manager("PUT", "/admin/level/shards", {"shards": 4}, version="*", **LEVEL)


def the_shards_of_a_level_are_joined(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    return by_manager("PUT", "/admin/level/shards", {"shards": 1}, version="*", **LEVEL)


def a_spread_level_is_low(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=5, low_stock_threshold=4)
    shop.spreads(4)
    shop.sells(("P-1", 2))
    return {}


def a_shard_was_released_that_is_to_go(shop: Shop) -> Event:
    shop.stocks("P-1", on_hand=2)
    shop.spreads(2)
    holds = [shop.holds(("P-1", 1)) for _ in range(2)]
    shop.spreads(1)
    for hold in holds:
        shop.cancels(hold)
    return {}


def a_heartbeat_was_written(shop: Shop) -> Event:
    beat = record(shop.tables.inventory, LEVEL_HEARTBEAT_KEY)
    beat["dynamodb"]["ApproximateCreationDateTime"] = NOW.timestamp()
    return {"Records": [beat]}


def a_payment_to_return_was_written(shop: Shop) -> Event:
    key = {"reservation_id": "R-1", "payment_reference": "PAY-1"}
    return {"Records": [record(shop.tables.refunds, key)]}


def an_execution_was_recorded(shop: Shop) -> Event:
    return {"Records": [record(shop.tables.failed_executions, {"execution_name": "R-1"})]}


def much_has_happened(shop: Shop) -> Event:
    shop.now = lambda: NOW - timedelta(seconds=30)
    shop.stocks("P-1", on_hand=5)
    shop.spreads(4)
    shop.sells(("P-1", 2), reservation_id="R-1")
    shop.pays("R-1", "PAY-2")
    shop.reserves(("P-1", 9), reservation_id="R-2")
    shop.holds(("P-1", 1), reservation_id="R-3")
    return {}


def the_read_model_follows(shop: Shop) -> Event:
    NotedChanges(shop).follows(BEFORE + timedelta(days=1))
    return {}


def a_level_changed_whose_checkpoint_is_wrong(shop: Shop) -> Event:
    shop.stocks("P-1")
    noted = NotedChanges(shop)
    noted.notes(("P-1", "main"), now=BEFORE + timedelta(days=1))
    shop.read_model_files = noted.files.content
    ComparisonStates(shop.client, shop.tables).write(ComparisonState(generation=0))
    wrong = {LevelKey("P-1", "main"): LedgerSum(7, 1, "1970")}
    Checkpoints(shop.client, shop.tables).write(Checkpoint("P-1", "1970", wrong), None)
    return {}


# Calls that have no shared case, because a crash in them can lose nothing.
MORE_SETUPS: dict[str, list[Callable[[Shop], Event]]] = {
    "reconcile_counters": [
        a_drift,
        a_customer_has_drifted,
        a_level_was_written_by_hand,
        a_level_changed_whose_checkpoint_is_wrong,
    ],
    "reconcile_holds": [
        a_customers_hold_is_stranded,
        the_level_of_a_stranded_hold_was_deleted,
        the_signal_of_a_payment_failed,
        a_shard_was_released_that_is_to_go,
    ],
    "publish_changes": [
        a_level_was_written,
        a_spread_level_was_written,
        a_payment_bought_nothing,
        a_level_was_written_while_both_targets_are_down,
        a_row_was_written_that_cannot_be_read,
    ],
    "republish_changes": [
        a_push_and_an_event_were_not_delivered,
        a_push_of_a_spread_level_was_not_delivered_and_events_are_down,
    ],
    "follow_changes": [
        a_level_was_written,
        a_spread_level_was_written,
        a_payment_bought_nothing,
        a_payment_to_return_was_written,
        an_execution_was_recorded,
        a_row_was_written_that_cannot_be_read,
        a_heartbeat_was_written,
    ],
    "merge_read_model": [much_has_happened],
    "renew_live_stock_key": [a_key_ends_soon, a_key_was_deleted],
    "reserve_stock": [a_cart_is_larger_than_each_shard],
    "storefront_api": [a_spread_level_is_looked_up],
    "check_low_stock": [a_spread_level_is_low, the_read_model_follows],
    "admin_api": [
        a_level_is_new,
        a_catalogue_is_uploaded,
        a_reservation_with_a_refund_is_inspected,
        a_payment_came_before_its_reservation_and_bought_it,
        a_payment_of_the_first_edition_is_returned,
        a_level_is_spread,
        a_list_is_searched_in_a_snapshot,
        the_shards_of_a_level_are_joined,
    ],
    "record_failed_execution": [
        an_input_is_too_long_for_an_event,
        an_execution_failed_that_the_first_edition_may_have_named,
    ],
    "checkout_api": [a_reservation_is_created, the_reservations_of_an_order_are_listed],
    "stock_feed_api": [a_list_is_repeated],
}


def setups(function: str) -> Iterator[Callable[[Shop], Event]]:
    """The setup of every call of a function. Cases of the checkout functions are called over HTTP too."""
    yield from (case.prepare for case in CASES if case.function == function)
    yield from MORE_SETUPS.get(function, ())
    if function == "checkout_api":
        for called, path in (("record_payment", "payment"), ("extend_hold", "extension")):
            yield from (over_http_too(case, path) for case in CASES if case.function == called)


def over_http_too(case: Case, path: str) -> Callable[[Shop], Event]:
    """The setup of a case, with its call made over HTTP."""

    def setup(shop: Shop) -> Event:
        event = case.prepare(shop)
        reservation_id = event.pop("reservation_id")
        return ApiRequest("POST", f"/reservations/{reservation_id}/{path}", json.dumps(event)).event()

    return setup


def over_http(method: str, path: str, query: dict[str, str]) -> Event:
    """The event of a GET call by a viewer."""
    claims = {"cognito:username": BY_HAND.actor, "cognito:groups": "inventory-viewers"}
    return ApiRequest(method, path, query=query, claims=claims).event()


@pytest.mark.parametrize("function", sorted(function_names() | WRITE_NO_ROW))
def test_a_role_allows_the_calls_of_its_function_and_nothing_else(
    function: str, functions: Functions, dynamodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    used: set[Right] = set()

    def watch(shop: Shop, event: Event) -> None:
        functions.serve(shop)
        functions.targets.down = shop.down
        began = functions.now
        for run in range(RUNS.get(function, 1)):
            functions.now = began + run * BETWEEN_RUNS
            with suppress(Exception):  # some cases are refused; their calls count all the same
                functions.invoke(function, event)
            used.update(right for call in functions.calls() for right in rights_used(call, shop.tables))
        functions.now = began

    for setup in setups(function):
        shop = new_shop(dynamodb_url)
        shop.now = lambda: BEFORE
        watch(shop, setup(shop))
    for read in READS.get(function, ()):
        watch(a_shop_with_a_reservation(dynamodb_url), over_http(*read))

    unneeded = rights_of_role(function) - used - set(ALLOWED_WITHOUT_CALL)
    lacking = used - rights_of_role(function)
    assert not lacking, f"the role lacks {sorted(map(str, lacking))}"
    assert not unneeded, f"the role does not need {sorted(map(str, unneeded))}"
