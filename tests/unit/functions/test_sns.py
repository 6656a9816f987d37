"""Announcements as SNS accepts them: a short ASCII subject and non-empty attributes. A failure is returned, not raised."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st

from inventory.aws.sns import NOT_ALLOWED, SUBJECT_LENGTH_MAX, Announcement, Topics

LOW_STOCK = "arn:aws:sns:us-east-1:123456789012:low-stock"
OPERATIONS = "arn:aws:sns:us-east-1:123456789012:operations"
ANNOUNCEMENT = Announcement.of("Low stock: Tasse für Tee", {"name": "Tasse für Tee"}, {"product_id": "P-1"})


def sns() -> Any:
    """A client of SNS without a connection."""
    return boto3.client("sns", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


def topics(client: Any) -> Topics:
    return Topics(lambda: client, low_stock=LOW_STOCK, operations=OPERATIONS)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Mug", "Low stock: Mug"),
        ("Tasse für Tee", "Low stock: Tasse f?r Tee"),
        ("Mug\r\nBcc: everyone", "Low stock: Mug??Bcc: everyone"),
        ("Mug\x00\x7f", "Low stock: Mug??"),
        ("Mug  ", "Low stock: Mug"),
        ("", "Low stock:"),
        ("M" * 200, "Low stock: " + "M" * 88),
    ],
)
def test_a_subject_keeps_only_printable_ascii(name: str, subject: str) -> None:
    assert Announcement.of(f"Low stock: {name}", {}, {}).subject == subject


@given(name=st.text())
def test_sns_accepts_the_subject_for_every_name(name: str) -> None:
    subject = Announcement.of(f"Low stock: {name}", {}, {}).subject

    assert subject.isascii() and subject.isprintable() and 0 < len(subject) <= SUBJECT_LENGTH_MAX


def test_a_message_keeps_the_name_unchanged() -> None:
    assert json.loads(ANNOUNCEMENT.message) == {"name": "Tasse für Tee"}
    assert "für" in ANNOUNCEMENT.message


def test_an_attribute_is_never_empty() -> None:
    announcement = Announcement.of("", {}, {"product_id": "P-1", "category": ""})

    assert announcement.attributes == {"product_id": "P-1", "category": "-"}


@pytest.mark.parametrize("topic", [LOW_STOCK, OPERATIONS])
def test_an_announcement_goes_to_its_topic(topic: str) -> None:
    client = sns()
    announce = topics(client).announce_low_stock if topic == LOW_STOCK else topics(client).announce_to_operations
    sent = {
        "TopicArn": topic,
        "Subject": "Low stock: Tasse f?r Tee",
        "Message": ANY,
        "MessageAttributes": {"product_id": {"DataType": "String", "StringValue": "P-1"}},
    }

    with Stubber(client) as stubber:
        stubber.add_response("publish", {"MessageId": "message"}, sent)
        is_sent = announce(ANNOUNCEMENT)

    assert is_sent


@pytest.mark.parametrize(
    "error",
    [ClientError({"Error": {"Code": "Throttled"}}, "Publish"), ReadTimeoutError(endpoint_url="https://sns.example")],
    ids=["refused", "no response"],
)
def test_an_announcement_that_sns_refuses_is_reported_and_not_raised(error: Exception) -> None:
    def fail(**_: Any) -> None:
        raise error

    client = sns()
    client.meta.events.register("before-call", fail)

    assert not topics(client).announce_low_stock(ANNOUNCEMENT)
    assert not topics(client).announce_to_operations(ANNOUNCEMENT)


@given(text=st.text(alphabet=st.characters(codec=None), max_size=20))
def test_a_text_that_a_queue_cannot_carry_is_escaped_in_the_message_and_mapped_in_the_attributes(text: str) -> None:
    announcement = Announcement.of("Low stock", {"name": text}, {"category": text})

    assert json.loads(announcement.message) == {"name": text}
    assert not NOT_ALLOWED.search(announcement.message)
    assert not NOT_ALLOWED.search(announcement.attributes["category"])


@pytest.mark.parametrize(
    ("text", "attribute"),
    [("A/B \U0001f6d2 Gr\u00f6\u00dfe", "A/B \U0001f6d2 Gr\u00f6\u00dfe"), ("a\ufffeb\x1fc", "a?b?c"), ("", "-")],
)
def test_an_attribute_keeps_what_a_queue_can_carry(text: str, attribute: str) -> None:
    assert Announcement.of("Low stock", {}, {"category": text}).attributes == {"category": attribute}
