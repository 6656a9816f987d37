"""The daily job moves the end of the key, and measures the days until it, which an alarm watches."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import renew_live_stock_key
from inventory import dependencies
from inventory.errors import TransientError
from inventory.settings import LiveStockKeySettings
from tests.support.http.gateway import CONTEXT
from tests.unit.functions.live.test_api_keys import API, NOW, key, seconds


@pytest.fixture
def appsync(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """The stubbed responses of AppSync to the job."""
    client: Any = boto3.client(
        "appsync", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    monkeypatch.setattr(dependencies, "appsync", lambda: client)
    monkeypatch.setattr(dependencies, "live_stock_key_settings", lambda: LiveStockKeySettings("api-1"))
    monkeypatch.setattr(renew_live_stock_key, "utc_now", lambda: NOW)
    return Stubber(client)


def test_the_job_measures_the_days_until_the_new_end(appsync: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    appsync.add_response("list_api_keys", {"apiKeys": [key("da2-a", 7)]}, API)
    appsync.add_response(
        "update_api_key", {"apiKey": key("da2-a", 90)}, API | {"id": "da2-a", "expires": seconds(days=90)}
    )

    with appsync:
        answer = renew_live_stock_key.handler({}, CONTEXT)

    written = capsys.readouterr().out
    [metric] = [json.loads(line) for line in written.splitlines() if "LiveStockKeyDays" in line]
    assert answer == {"expires_at": "2026-05-30T12:00:00.000Z"}
    assert metric["LiveStockKeyDays"] == [90.0]
    assert "da2-a" not in written


def test_a_run_that_appsync_does_not_answer_fails_and_measures_nothing(
    appsync: Stubber, capsys: pytest.CaptureFixture[str]
) -> None:
    appsync.add_client_error("list_api_keys", "InternalFailureException")

    with appsync, pytest.raises(TransientError):
        renew_live_stock_key.handler({}, CONTEXT)

    assert "LiveStockKeyDays" not in capsys.readouterr().out
