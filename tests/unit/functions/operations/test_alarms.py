"""The alarms that are on are read seldom, and say since when, why and what to do."""

from datetime import UTC, datetime, timedelta

from inventory.admin.operations.alarms import KEPT_SECONDS, PAGES_MAX, Alarms
from tests.support.http.fake_alarms import PAGE, SINCE, FakeAlarms, an_alarm

TOPIC = "arn:aws:sns:eu-central-1:123456789012:operations"


def alarms_of(*found: dict[str, object]) -> tuple[Alarms, FakeAlarms]:
    fake = FakeAlarms(list(found))
    return Alarms(fake.client, TOPIC), fake


def test_an_alarm_that_is_on_says_since_when_why_and_what_to_do() -> None:
    alarms, fake = alarms_of(an_alarm("StockDriftAlarm", "ALARM"), an_alarm("NoHoldsAlarm"))

    states = alarms.read()

    assert states.number == 2
    [alarm] = states.on
    assert alarm.to_json() == {
        "name": "StockDriftAlarm",
        "since": "2026-03-02T12:04:00.000Z",
        "description": "This is about StockDriftAlarm.",
        "runbook": "docs/operations.md#stock-drift",
        "console_url": "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        "#alarmsV2:alarm/inventory-MonitoringStack-1ABCDEF-StockDriftAlarm-7GHIJKL",
    }
    assert fake.requests[0]["ActionPrefix"] == TOPIC


def test_the_latest_alarm_comes_first_by_when_it_went_on() -> None:
    long_ago = SINCE - timedelta(days=2)
    alarms, _ = alarms_of(
        an_alarm("OldAlarm", "ALARM", StateTransitionedTimestamp=long_ago),
        an_alarm("NewAlarm", "ALARM"),
    )

    assert [alarm.name for alarm in alarms.read().on] == ["NewAlarm", "OldAlarm"]


def test_an_alarm_that_somebody_else_made_keeps_its_name_and_has_no_runbook() -> None:
    alarms, _ = alarms_of(an_alarm("any", "ALARM", AlarmName="disk of the till / 3", AlarmDescription=None))

    [alarm] = alarms.read().on

    assert (alarm.name, alarm.description, alarm.runbook) == ("disk of the till / 3", "", None)


def test_an_alarm_without_data_is_not_on() -> None:
    alarms, _ = alarms_of(an_alarm("StockDriftAlarm", "INSUFFICIENT_DATA"))

    assert (alarms.read().number, alarms.read().on) == (1, ())


def test_all_pages_are_read_up_to_a_bound() -> None:
    alarms, fake = alarms_of(*[an_alarm(f"N{number}Alarm", "ALARM") for number in range(3 * PAGE)])
    endless, many = alarms_of(*[an_alarm(f"N{number}Alarm") for number in range(20 * PAGE)])

    assert len(alarms.read().on) == 3 * PAGE
    assert len(fake.requests) == 3
    assert endless.read().number == PAGES_MAX * PAGE
    assert len(many.requests) == PAGES_MAX


def test_alarms_are_read_once_in_half_a_minute() -> None:
    fake = FakeAlarms()
    passed = [0.0]
    alarms = Alarms(fake.client, TOPIC, lambda: passed[0])
    alarms.read()
    fake.found = [an_alarm("StockDriftAlarm", "ALARM")]

    passed[0] = KEPT_SECONDS - 1
    kept = alarms.read()
    passed[0] = KEPT_SECONDS
    read = alarms.read()

    assert (len(kept.on), len(read.on)) == (0, 1)
    assert len(fake.requests) == 2


def test_times_are_in_utc() -> None:
    alarms, _ = alarms_of(an_alarm("A1Alarm", "ALARM", StateUpdatedTimestamp=datetime(2026, 3, 2, 12, tzinfo=UTC)))

    assert alarms.read().on[0].since == "2026-03-02T12:00:00.000Z"
