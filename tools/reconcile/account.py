"""The stack that is compared: its stores, and the caller."""

from dataclasses import dataclass

from inventory.reconciliation.counter_store import CounterStore
from inventory.reconciliation.repairs import Repairs
from inventory.stock.store import StockStore
from tools.deployed_stack import DeployedStack


@dataclass(frozen=True)
class Account:
    """A deployed stack, on AWS or on this machine."""

    counters: CounterStore
    stock: StockStore
    repairs: Repairs
    actor: str  # the caller's ARN, written to the ledger

    @classmethod
    def of(cls, stack: DeployedStack) -> "Account":
        """The stores of a stack, with the caller's credentials; raises NoStack."""
        dynamodb = stack.client("dynamodb")
        tables = stack.tables
        return cls(
            CounterStore(dynamodb, tables), StockStore(dynamodb, tables), Repairs(dynamodb, tables), stack.caller
        )

    @classmethod
    def on_this_machine(cls) -> "Account":
        """The local AWS that `make up` started; raises NoStack."""
        return cls.of(DeployedStack.on_this_machine())

    @classmethod
    def on_aws(cls, stack_name: str, region: str | None) -> "Account":
        """A stack in the AWS account of the current credentials; raises NoStack."""
        return cls.of(DeployedStack.on_aws(stack_name, region))
