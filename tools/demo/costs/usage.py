"""The usage of one checkout, its cost, and the limits that it must not exceed."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PRICES = Path(__file__).parent / "prices.toml"

# The maximum usage of an outcome, so that a larger workflow or row does not go unnoticed.
LIMITS = {
    "paid": {"states": 5, "write_units": 16, "index_write_units": 4, "transactions": 2},
    "paid by a guest": {"states": 5, "write_units": 12, "index_write_units": 4, "transactions": 2},
    "rejected": {"states": 3},
    "expired": {"states": 6, "transactions": 2},
    "paid, from two warehouses": {"states": 5, "write_units": 32, "index_write_units": 4, "transactions": 3},
    "a change of a cart, one line more and one less": {"write_units": 10, "transactions": 1},
    "a return of one unit": {"write_units": 8, "transactions": 1},
    "a feed of 500 changes": {"write_units": 3_001, "transactions": 500},
}


@dataclass(frozen=True)
class Usage:
    """What one checkout used."""

    outcome: str
    states: int
    function_seconds: tuple[float, ...]
    calls: Counter[str]
    write_units: int
    index_write_units: int
    read_units: float
    publishes: int
    http_calls: int

    @property
    def transactions(self) -> int:
        return self.calls["TransactWriteItems"]

    def dollars_per_million(self, prices: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
        """The cost of a million such checkouts, by service."""
        functions, dynamodb = prices["lambda"], prices["dynamodb"]
        gigabyte_seconds = sum(self.function_seconds) * functions["memory_gigabytes"]
        dollars_of_one = {
            "Step Functions": self.states * prices["step_functions"]["state_transition"],
            "Lambda": len(self.function_seconds) * functions["request"]
            + gigabyte_seconds * functions["gigabyte_second"],
            "DynamoDB": (self.write_units + self.index_write_units) * dynamodb["write_unit"]
            + self.read_units * dynamodb["read_unit"],
            "SNS": self.publishes * prices["sns"]["publish"],
        }
        return {service: dollars * 1_000_000 for service, dollars in dollars_of_one.items()}

    def http_dollars_per_million(self, prices: Mapping[str, Mapping[str, float]]) -> float:
        """The additional cost of API Gateway for a million checkouts over HTTP, without the function's own time."""
        return self.http_calls * prices["api_gateway"]["call"] * 1_000_000


def cost_problems(usages: Sequence[Usage]) -> list[str]:
    """A sentence for each outcome that exceeds one of its limits."""
    problems = []
    for usage in usages:
        limits = LIMITS.get(usage.outcome, {})
        for name, limit in limits.items():
            if getattr(usage, name) > limit:
                problems.append(f"{usage.outcome}: {name} is {getattr(usage, name)}, more than the limit of {limit}")
    return problems


def read_prices() -> Mapping[str, Mapping[str, float]]:
    """The prices of AWS, by service."""
    return tomllib.loads(PRICES.read_text())
