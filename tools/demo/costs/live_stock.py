"""What live stock costs: a million changes, and the viewers of pages. The numbers that drive it are constants here.

Command line: python -m tools.demo.costs.live_stock
"""

from collections.abc import Mapping

from tools.console import run_and_exit
from tools.demo.costs.idle import Line
from tools.demo.costs.usage import read_prices

MILLION = 1_000_000

# A change of what is shown: the product's row is claimed and settled; the publisher's row is read, and twice the levels.
WRITE_UNITS, READ_UNITS = 2, 3
MEMORY_GIGABYTES, SECONDS = 1.0, 0.05  # of PublishChanges for one change that is alone; in batches less
LOG_GIGABYTES = 1e-6
EVENTS, PUBLISHES = 1, 1  # SoldOut, BackInStock and StockLow are further events
SECONDS_BETWEEN_POLLS = 5

Prices = Mapping[str, Mapping[str, float]]


def change_lines(prices: Prices) -> list[Line]:
    """A million changes of what is shown, without viewers."""
    functions, dynamodb = prices["lambda"], prices["dynamodb"]
    gigabyte_seconds = MEMORY_GIGABYTES * SECONDS
    return [
        Line(
            "DynamoDB",
            f"{WRITE_UNITS} write and {READ_UNITS} read units",
            MILLION * (WRITE_UNITS * dynamodb["write_unit"] + READ_UNITS * dynamodb["read_unit"]),
        ),
        Line(
            "Lambda",
            f"1 run of {SECONDS:g} s with {MEMORY_GIGABYTES:g} GB",
            MILLION * (functions["request"] + gigabyte_seconds * functions["gigabyte_second"]),
        ),
        Line("CloudWatch Logs", "1 KB", MILLION * LOG_GIGABYTES * prices["cloudwatch"]["log_gigabyte"]),
        Line("EventBridge", f"{EVENTS} event", MILLION * EVENTS * prices["event_bus"]["event"]),
        Line("AppSync", f"{PUBLISHES} push", MILLION * PUBLISHES * prices["appsync_events"]["operation"]),
    ]


def viewer_lines(prices: Prices) -> list[Line]:
    """What each viewer adds."""
    appsync = prices["appsync_events"]
    polls = 60 / SECONDS_BETWEEN_POLLS
    return [
        Line("a million deliveries", "1 for each page that shows the product", MILLION * appsync["operation"]),
        # The handler that checks the channel is counted as an operation, too.
        Line(
            "a million visits",
            "1 connection, 1 subscription, 1 check of its channel",
            MILLION * 3 * appsync["operation"],
        ),
        Line("a million minutes of open pages", "1 connection", MILLION * appsync["connection_minute"]),
        Line(
            "the same minutes without live stock",
            f"{polls:g} calls of the API each, one every {SECONDS_BETWEEN_POLLS} s, without its function",
            MILLION * polls * prices["api_gateway"]["call"],
        ),
    ]


def main() -> int:
    """Print both tables in Markdown."""
    prices = read_prices()
    changes = change_lines(prices)
    total = Line("**total**", "", sum(line.dollars for line in changes))
    print("| service | for one change | a million changes |\n| --- | --- | --- |")
    print("\n".join(line.row for line in [*changes, total]))
    print("\n| viewers | each | cost |\n| --- | --- | --- |")
    print("\n".join(line.row for line in viewer_lines(prices)))
    return 0


if __name__ == "__main__":
    run_and_exit(main)
