"""What the read model costs: a paid checkout, an open page, and a month beside other stores. Its numbers are constants here.

Command line: python -m tools.demo.costs.read_model
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.console import run_and_exit
from tools.demo.costs.idle import MINUTES_OF_MONTH, Line
from tools.demo.costs.usage import read_prices

MILLION = 1_000_000
HOURS_OF_MONTH = 730
Prices = Mapping[str, Mapping[str, float]]

# --- The read model, at a paid checkout that is alone. In a busy shop, the changes of a second share a row of the journal.
# The hold and the sale change the level, and twice the reservation: each time its task token or its payment comes within a second.
BATCHES = 4
WRITE_UNITS = BATCHES  # a row of the journal of at most 1 KB
# What changed, and twice the manifest; of the level, whether it is spread. All strongly consistent.
READ_UNITS = 3 * BATCHES + 2
FOLLOW_SECONDS, FOLLOW_GIGABYTES = 0.05, 1.0
LOG_GIGABYTES = BATCHES * 0.3e-6  # the lines of Lambda itself

# --- The read model, at a page that is open
HOURS_A_DAY, DAYS, SECONDS_BETWEEN_POLLS = 8, 30, 30
OVERVIEW_READ_UNITS = (
    15  # manifest, progress, and half of the journal that waits for a merge at most; a call's maximum is 43
)
OVERVIEW_SECONDS, ADMIN_GIGABYTES = 0.3, 1.73
FILES_A_SNAPSHOT = 15  # the columns that an overview and a list read
MINUTES_OF_SNAPSHOT = 2  # of a busy shop
FILES_A_MERGE = 30  # written: 24 of the levels, 3 of figures, what belongs together, and some segments


@dataclass(frozen=True)
class Shop:
    """How large a shop is, and what it does in a month.

    A merge of 500,000 levels was timed on one processor (4 s for the levels, 600 MB), the others are computed from it. It is due when
    200 KB of changes wait, and after ten minutes.
    """

    levels: int
    checkouts: int
    merge_seconds: float
    minutes_of_snapshot: int
    merge_gigabytes: float = ADMIN_GIGABYTES

    @property
    def units_of_scan(self) -> float:
        """Read units of a scan of all levels, eventually consistent: 16 to 20 levels fit into one unit of 4 KB."""
        return self.levels * 0.0253

    @property
    def gigabytes(self) -> float:
        """The rows of the levels."""
        return self.levels * 250e-9


SHOPS = (
    Shop(10_000, 100_000, 0.3, minutes_of_snapshot=10),
    Shop(500_000, 1_000_000, 5, minutes_of_snapshot=6),
    Shop(5_000_000, 10_000_000, 50, minutes_of_snapshot=2, merge_gigabytes=8),
)
LOOKING_SECONDS = 0.2  # of a run that finds nothing to merge; there is one every minute
BEAT_WRITE_UNITS = 4  # a minute: two heartbeats, and that both were followed
OVERVIEWS = HOURS_A_DAY * DAYS * 3600 // SECONDS_BETWEEN_POLLS  # in a month, of one page
SEARCHES = LISTS = 20_000  # in a month: searches, and pages of a sorted or filtered list

# --- What the others need
WRITES_OF_SORTED_INDEXES = 14  # of a sale: four indexes, each entry is deleted and written
TOKENS = 30  # of a level: the words of its name, and what parts of its SKU begin with
TOKEN_UNITS_OF_SEARCH = 0.0006  # for each level: a word that 5 % of the levels have, 100 bytes each
OPENSEARCH_UNITS = 2  # one to index and one to search, with a copy of each
ATHENA_TERABYTES_MIN = 10e-6  # that a query is charged for at least
ATHENA_BYTES_OF_LEVEL = 20  # the columns of a query, compressed
EXPORTS = HOURS_OF_MONTH * 4  # one every 15 minutes, the shortest that DynamoDB offers
EXPORT_GIGABYTES_MIN = 0.01


def checkout_lines(prices: Prices) -> list[Line]:
    """What a million paid checkouts of one line add, each alone."""
    functions, dynamodb = prices["lambda"], prices["dynamodb"]
    run = functions["request"] + FOLLOW_SECONDS * FOLLOW_GIGABYTES * functions["gigabyte_second"]
    return [
        Line("DynamoDB, journal", f"{WRITE_UNITS} write units", MILLION * WRITE_UNITS * dynamodb["write_unit"]),
        Line("DynamoDB, rows", f"{READ_UNITS} read units", MILLION * READ_UNITS * dynamodb["read_unit"]),
        Line("Lambda", f"{BATCHES} runs of {FOLLOW_SECONDS:g} s with {FOLLOW_GIGABYTES:g} GB", MILLION * BATCHES * run),
        Line("CloudWatch Logs", "1.2 KB", MILLION * LOG_GIGABYTES * prices["cloudwatch"]["log_gigabyte"]),
    ]


def page_lines(prices: Prices) -> list[Line]:
    """What one overview adds in a month that is open on each of its days."""
    functions = prices["lambda"]
    run = functions["request"] + OVERVIEW_SECONDS * ADMIN_GIGABYTES * functions["gigabyte_second"]
    snapshots = HOURS_A_DAY * DAYS * 60 // MINUTES_OF_SNAPSHOT
    return [
        Line(
            "DynamoDB",
            f"{OVERVIEWS:,} calls of {OVERVIEW_READ_UNITS} read units",
            OVERVIEWS * OVERVIEW_READ_UNITS * prices["dynamodb"]["read_unit"],
        ),
        Line(
            "S3",
            f"{FILES_A_SNAPSHOT} files of {snapshots:,} snapshots",
            FILES_A_SNAPSHOT * snapshots * prices["s3"]["get"],
        ),
        Line("Lambda", f"{OVERVIEWS:,} runs of {OVERVIEW_SECONDS:g} s with {ADMIN_GIGABYTES:g} GB", OVERVIEWS * run),
        Line("API Gateway", f"{OVERVIEWS:,} calls", OVERVIEWS * prices["api_gateway"]["call"]),
    ]


def _today(shop: Shop, prices: Prices) -> float:
    """Scans of the table, without any read model."""
    calls = OVERVIEWS + SEARCHES + LISTS
    return calls * shop.units_of_scan * prices["dynamodb"]["read_unit"]


def _indexes(shop: Shop, prices: Prices) -> float:
    """Item collections and sparse indexes, and figures that each write counts in one more row."""
    writes = shop.checkouts * (WRITES_OF_SORTED_INDEXES + 2)
    return writes * prices["dynamodb"]["write_unit"] + 4 * shop.gigabytes * prices["storage"]["table_gigabyte"]


def _tokens(shop: Shop, prices: Prices) -> float:
    """An index of words and parts of words, written anew once a month, for search only."""
    dynamodb = prices["dynamodb"]
    reads = SEARCHES * shop.levels * TOKEN_UNITS_OF_SEARCH
    storage = shop.levels * TOKENS * 200e-9 * prices["storage"]["table_gigabyte"]
    return shop.levels * TOKENS * dynamodb["write_unit"] + reads * dynamodb["read_unit"] + storage


def _opensearch(shop: Shop, prices: Prices) -> float:
    """The least that a collection costs. A function that feeds it costs as much as FollowChanges."""
    units = OPENSEARCH_UNITS * (2 if shop.levels > MILLION else 1)
    return units * HOURS_OF_MONTH * prices["opensearch_serverless"]["unit_hour"] + _follow(shop, prices)


def _athena(shop: Shop, prices: Prices) -> float:
    """Files in S3 that an export writes every 15 minutes, and a query for each call."""
    terabytes = max(ATHENA_TERABYTES_MIN, shop.levels * ATHENA_BYTES_OF_LEVEL * 1e-12)
    exported = max(EXPORT_GIGABYTES_MIN, shop.checkouts * 2 * 250e-9 / EXPORTS)
    queries = (OVERVIEWS + SEARCHES + LISTS) * terabytes * prices["athena"]["terabyte"]
    return queries + EXPORTS * exported * prices["dynamodb_export"]["gigabyte"]


def _snapshots(shop: Shop, prices: Prices) -> float:
    """Ours: the snapshot with its journal."""
    functions, s3 = prices["lambda"], prices["s3"]
    merges = MINUTES_OF_MONTH / shop.minutes_of_snapshot
    seconds = MINUTES_OF_MONTH * LOOKING_SECONDS + merges * shop.merge_seconds
    merge = seconds * shop.merge_gigabytes * functions["gigabyte_second"] + merges * FILES_A_MERGE * s3["put"]
    beats = MINUTES_OF_MONTH * BEAT_WRITE_UNITS * prices["dynamodb"]["write_unit"]
    calls = (SEARCHES + LISTS) * OVERVIEW_READ_UNITS * prices["dynamodb"]["read_unit"]
    return _follow(shop, prices) + merge + beats + calls + sum(line.dollars for line in page_lines(prices)[:3])


def _follow(shop: Shop, prices: Prices) -> float:
    return shop.checkouts / MILLION * sum(line.dollars for line in checkout_lines(prices))


STORES: Mapping[str, Callable[[Shop, Prices], float]] = {
    "scans, as before": _today,
    "item collections and sparse indexes": _indexes,
    "token index, for search only": _tokens,
    "OpenSearch Serverless": _opensearch,
    "S3 with Athena": _athena,
    "snapshot and journal": _snapshots,
}


def store_rows(prices: Prices) -> list[str]:
    """The cost of each store in a month, by size, as rows of a Markdown table."""
    return [
        f"| {name} | " + " | ".join(f"${cost(shop, prices):,.2f}" for shop in SHOPS) + " |"
        for name, cost in STORES.items()
    ]


def main() -> int:
    """Print the tables in Markdown."""
    prices = read_prices()
    for title, lines in (("a paid checkout", checkout_lines(prices)), ("an open overview", page_lines(prices))):
        total = Line("**total**", "", sum(line.dollars for line in lines))
        print(f"| {title} | quantity | cost |\n| --- | --- | --- |")
        print("\n".join(line.row for line in [*lines, total]) + "\n")
    print("| store | " + " | ".join(f"{shop.levels:,} levels" for shop in SHOPS) + " |\n| --- | --- | --- | --- |")
    print("\n".join(store_rows(prices)))
    return 0


if __name__ == "__main__":
    run_and_exit(main)
